"""Which function performs which command: one line each. tests/test_house.py finds the command that has none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from models import commands as c
from models.actions import bank_accounts, groups, joining, payments, payouts, people, pins, short_pots
from models.actions.context import Outcome


@dataclass(frozen=True)
class Entry:
    """How a command is performed.

    act runs in the transaction: (command, context) -> outcome, with what `prepare` returned as a third
    argument. prepare does the slow work before it, outside. strangers: numbers that have not registered
    may ask for it too. keep: whether a `Done` is worth a row; a refusal always is.
    """

    act: Callable[..., Outcome]
    prepare: Callable[..., Any] | None = None
    strangers: bool = False
    keep: bool = True


REGISTRY: Final[dict[type[c.Command], Entry]] = {
    c.PreparePin: Entry(pins.keep_chosen, prepare=pins.hash_chosen, strangers=True),
    c.RegisterMember: Entry(people.register_member, prepare=people.repeat_matches, strangers=True),
    c.CheckPin: Entry(pins.check_pin, prepare=pins.try_pin, keep=False),
    c.ChangePin: Entry(pins.change_pin, prepare=pins.try_repeat),
    c.SendConsentText: Entry(people.send_consent_text, strangers=True),
    c.OpenGroup: Entry(groups.open_group),
    c.InvitePhone: Entry(joining.invite_phone),
    c.SendGroupCode: Entry(groups.send_group_code),
    c.DeclineInvitation: Entry(joining.decline_invitation, strangers=True),
    c.JoinGroup: Entry(joining.join_group),
    c.DecideJoiner: Entry(joining.decide_joiner),
    c.ArrangeOrder: Entry(groups.arrange_order),
    c.LeaveGroup: Entry(groups.leave_group),
    c.StartPayment: Entry(payments.start_payment),
    c.CheckPayment: Entry(payments.check_payment),
    c.LookUpAccount: Entry(bank_accounts.look_up_account),
    c.ConfirmBankAccount: Entry(bank_accounts.confirm_bank_account),
    c.ApprovePayout: Entry(payouts.approve_payout),
    c.HoldPayout: Entry(payouts.hold_payout),
    c.RemindUnpaid: Entry(short_pots.remind_unpaid),
    c.PayShort: Entry(short_pots.pay_short),
    c.WaitOneDay: Entry(short_pots.wait_one_day),
}
