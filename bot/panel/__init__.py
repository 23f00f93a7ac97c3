"""The web panel of the cooperative's staff: pages that read queries and forms that call actions, and nothing else.

It has no power of its own: what a page does, an action does, with the rights that the rules give
to a role. Pages are HTML from the server; htmx makes some of them quicker, none needs it.
"""
