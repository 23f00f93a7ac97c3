"""The sandbox's own API, which no provider has: the phones, the bank customers, the knobs.

Bad requests answer 400 with {"error": sentence}; the rest of the shapes stand in `client.py`.
"""
