"""The pages, one module for each place of the menu: `add(panel)` hangs its pages on the panel, PLACES are its lines.

The order is the menu's.
"""

from bot.panel.pages import approvals, groups, home, money, reports, search, sign_in

PAGES = (home, approvals, groups, money, reports, search, sign_in)
