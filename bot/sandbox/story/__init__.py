"""The whole journey through HTTP: five feature phones play three cycles of a circle, with one who is late.

`python -m bot.sandbox.story`. The phones dial through the sandbox, which calls the product's real webhook; the bank
is the sandbox's; time is moved by the product's own command. After every step the books are checked.
"""
