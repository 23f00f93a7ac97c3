"""The pages, one module for each place of the menu: `add(panel)` hangs its pages on the panel, PLACES are its lines.

The order is the menu's.
"""

from bot.panel.pages import (
    account,
    approvals,
    arrears,
    audit,
    charts,
    groups,
    home,
    inbox,
    members,
    members_forms,
    members_number,
    messages,
    money,
    operations,
    reports,
    search,
    sign_in,
    staff,
)

PAGES = (
    home,
    approvals,
    inbox,
    charts,
    groups,
    members,
    members_forms,
    members_number,
    arrears,
    money,
    messages,
    reports,
    search,
    operations,
    audit,
    staff,
    account,
    sign_in,
)
