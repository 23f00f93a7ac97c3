"""How fast a hop is: a hundred thousand members in a real database, behind the real web server.

`python -m bench` builds all of it in a folder of its own, measures, and prints. Beside the product it
runs the floor: a bare Flask application with one route, on the same server with the same settings.
"""
