"""What `make demo` begins with: people, circles and ten weeks of history, so that there is something to look at.

Everything is done as it is always done: commands of members, the rows' own jobs, the providers' stand-ins over HTTP, at
moments of a time that is moved. Nothing here is reached in production: its commands are not there, and it refuses.
"""
