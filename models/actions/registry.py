"""Which function performs which command: one line each. tests/test_house.py finds the command that has none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from models import account_commands as a
from models import chat_commands
from models import commands as c
from models.actions import (
    attachments,
    bank_accounts,
    calls,
    closing,
    extensions,
    freezing,
    groups,
    joining,
    linking,
    member_data,
    nudges,
    number_answers,
    payments,
    payouts,
    people,
    pin_resets,
    pins,
    preferences,
    prompts,
    reports,
    short_pots,
    statements,
    swaps,
    vouchers,
    vouching,
    waivers,
    wallets,
)
from models.actions.context import Outcome


@dataclass(frozen=True)
class Entry:
    """How a command is performed.

    act runs in the transaction: (command, context) -> outcome, with what `prepare` returned as a third
    argument. prepare does the slow work before it, outside. strangers: numbers that have not registered
    may ask for it too. frozen: so may a member who has frozen her account. keep: whether a `Done` is worth a row; a
    refusal always is.
    """

    act: Callable[..., Outcome]
    prepare: Callable[..., Any] | None = None
    strangers: bool = False
    frozen: bool = False
    keep: bool = True


REGISTRY: Final[dict[type[c.Command], Entry]] = {
    c.PreparePin: Entry(pins.keep_chosen, prepare=pins.hash_chosen, strangers=True),
    c.RegisterMember: Entry(people.register_member, prepare=people.repeat_matches, strangers=True),
    c.CheckPin: Entry(pins.check_pin, prepare=pins.try_pin, keep=False, frozen=True),
    c.ChangePin: Entry(pins.change_pin, prepare=pins.try_repeat),
    c.AgreeAgain: Entry(people.agree_again),
    c.SendConsentText: Entry(people.send_consent_text, strangers=True, frozen=True),
    c.OpenGroup: Entry(groups.open_group),
    c.InvitePhone: Entry(joining.invite_phone),
    c.SendGroupCode: Entry(groups.send_group_code),
    c.DeclineInvitation: Entry(joining.decline_invitation, strangers=True),
    c.JoinGroup: Entry(joining.join_group),
    c.DecideJoiner: Entry(joining.decide_joiner),
    c.ArrangeOrder: Entry(groups.arrange_order),
    c.LeaveGroup: Entry(groups.leave_group),
    c.StartPayment: Entry(payments.start_payment, frozen=True),
    c.SubmitVoucher: Entry(vouchers.submit_voucher, frozen=True),
    c.CheckPayment: Entry(payments.check_payment, frozen=True),
    c.LookUpAccount: Entry(bank_accounts.look_up_account),
    c.ConfirmBankAccount: Entry(bank_accounts.confirm_bank_account),
    c.ApprovePayout: Entry(payouts.approve_payout),
    c.HoldPayout: Entry(payouts.hold_payout),
    c.RemindUnpaid: Entry(short_pots.remind_unpaid),
    c.PayShort: Entry(short_pots.pay_short),
    c.WaitOneDay: Entry(short_pots.wait_one_day),
    a.SetLanguage: Entry(preferences.set_language, frozen=True),
    a.SetReminders: Entry(preferences.set_reminders),
    a.ShowMoneyInChat: Entry(preferences.show_money_in_chat),
    a.SendMyData: Entry(member_data.send_my_data),
    a.CorrectName: Entry(member_data.correct_name),
    a.CloseAccount: Entry(closing.close_account),
    a.UseKept: Entry(wallets.use_kept),
    a.SendKept: Entry(wallets.send_kept),
    a.SendBalance: Entry(statements.send_balance),
    a.SendStatement: Entry(statements.send_statement),
    a.OpenReport: Entry(reports.open_report, frozen=True),
    a.AskVouch: Entry(vouching.ask_vouch, frozen=True),
    a.AnswerVouch: Entry(vouching.answer_vouch),
    a.SayNumber: Entry(number_answers.say_number),
    a.ResetPin: Entry(pin_resets.reset_pin, prepare=pin_resets.try_repeat),
    a.FreezeAccount: Entry(freezing.freeze_account, frozen=True),
    a.NudgeGently: Entry(nudges.nudge_gently),
    c.AskSwap: Entry(swaps.ask_swap),
    c.AnswerSwap: Entry(swaps.answer_swap),
    c.DecideSwap: Entry(swaps.decide_swap),
    c.WithdrawSwap: Entry(swaps.withdraw_swap),
    c.AskMoreTime: Entry(extensions.ask_more_time),
    c.DecideMoreTime: Entry(extensions.decide_more_time),
    c.AskWaiver: Entry(waivers.ask_waiver),
    c.DecideWaiver: Entry(waivers.decide_waiver),
    c.AskCall: Entry(calls.ask_call),
    chat_commands.AnswerPrompt: Entry(prompts.answer_prompt),
    chat_commands.SendLinkCode: Entry(linking.send_code, strangers=True),
    chat_commands.ConfirmLink: Entry(linking.confirm_link, strangers=True),
    chat_commands.TellOfPicture: Entry(attachments.tell_of_picture, frozen=True),
}
