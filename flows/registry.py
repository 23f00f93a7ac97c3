"""Every conversation, by name. A new one is a module beside this one and a line here."""

from flows import (
    account,
    attached,
    contribute,
    forgot_pin,
    freeze,
    group,
    help,
    invite,
    join_group,
    link,
    menu,
    more_time,
    my_data,
    my_turn,
    officer,
    open_group,
    preferences,
    prompts,
    report,
    requests,
    statement,
    swap,
    vouching,
    welcome,
)
from flows.flow import Flow, FlowError

FLOWS: dict[str, Flow] = {
    flow.name: flow
    for flow in (
        menu.FLOW,
        welcome.FLOW,
        join_group.FLOW,
        open_group.FLOW,
        invite.FLOW,
        contribute.FLOW,
        my_turn.FLOW,
        group.FLOW,
        statement.FLOW,
        account.FLOW,
        preferences.FLOW,
        my_data.FLOW,
        officer.FLOW,
        help.FLOW,
        forgot_pin.FLOW,
        report.FLOW,
        freeze.FLOW,
        vouching.FLOW,
        prompts.FLOW,
        link.FLOW,
        swap.FLOW,
        more_time.FLOW,
        requests.FLOW,
        attached.FLOW,
    )
}


def _leads_somewhere(exit_: str) -> bool:
    name, _, state = exit_.partition(".")
    return name in FLOWS and state in FLOWS[name].states


_nowhere = sorted(
    f"{flow.name} -> {exit_}" for flow in FLOWS.values() for exit_ in flow.exits if not _leads_somewhere(exit_)
)
if _nowhere:
    raise FlowError(f"exits to nowhere: {', '.join(_nowhere)}")
