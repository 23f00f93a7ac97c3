"""Which state may follow which: the single source for the machines here and for the database's legal_transition table.

Each entity is a table of (source, dest). A trigger is named after the state it
leads to. What must hold before a step is taken is the business of the action that
takes it; this table says only that the step exists. Sources: circle-rules 4.1, ledger 3.2.
"""

from typing import Final

from transitions import Machine

Table = tuple[tuple[str, str], ...]


def _table(steps: str) -> Table:
    """Read lines of `source -> dest dest ...`, the form in which a person can check them."""
    pairs: list[tuple[str, str]] = []
    for line in steps.strip().splitlines():
        source, _, dests = line.partition("->")
        pairs += [(source.strip(), dest) for dest in dests.split()]
    return tuple(pairs)


TRANSITIONS: Final[dict[str, Table]] = {
    # ready -> forming: a seat was given back, so the order does not hold any more.
    # forming -> draft: the staff edited a rule, so the promises have to be made again, the head's first.
    "group": _table("""
        draft      -> forming cancelled
        forming    -> ready draft cancelled
        ready      -> forming active cancelled
        active     -> paused completed dissolving
        paused     -> active dissolving
        dissolving -> cancelled
    """),
    # closing -> open|grace: a payment was taken back before the pot was gone.
    # closing -> cancelled: the group is dissolved before its pot was sent.
    "cycle": _table("""
        scheduled  -> open cancelled
        open       -> grace closing cancelled
        grace      -> closing cancelled
        closing    -> paid short_paid held open grace cancelled
        held       -> closing cancelled
        short_paid -> settled
        paid       -> settled
    """),
    # A reversed payment re-opens what it had paid. A paid one is cancelled when its cycle will never run (refunded).
    "obligation": _table("""
        pending     -> partial paid paid_late covered waived written_off cancelled
        partial     -> pending paid paid_late covered waived written_off cancelled
        paid        -> partial pending cancelled
        paid_late   -> partial pending cancelled
        covered     -> partial pending paid_late written_off cancelled
        written_off -> partial paid_late
    """),
    # deceased -> replaced|exited: the nominee takes the seat, or its money goes back (4.9 D).
    "seat": _table("""
        invited    -> requested waiting accepted refused withdrawn
        requested  -> accepted refused withdrawn waiting
        waiting    -> requested accepted withdrawn refused
        accepted   -> active withdrawn refused
        active     -> in_arrears defaulted exiting replaced removed deceased completed
        in_arrears -> active defaulted exiting replaced removed deceased
        defaulted  -> active in_arrears replaced removed deceased completed
        exiting    -> active in_arrears exited replaced deceased
        deceased   -> replaced exited
    """),
    # failed|abandoned -> success: late money is real. success never becomes failed: it is disputed or refunded.
    "payment": _table("""
        created   -> sending success failed abandoned
        sending   -> pending success failed abandoned
        pending   -> success failed abandoned
        failed    -> success
        abandoned -> success
        success   -> disputed refunding
        disputed  -> success charged_back
        refunding -> refunded success
    """),
    # returned -> reserved: the bank sent it back after success, and it is set aside to be paid again.
    # retry -> returned: that failed too, and she has given another account by now.
    "payout": _table("""
        held              -> awaiting_approval cancelled
        awaiting_approval -> held approved cancelled
        approved          -> reserved held cancelled
        reserved          -> in_flight retry cancelled
        in_flight         -> retry paid
        retry             -> in_flight cancelled returned
        paid              -> returned
        returned          -> reserved
    """),
    # unknown -> sending: the same reference again, after the provider said that it never saw it.
    # created -> failed: given up before anything was sent. failed -> success: the provider has thought better of it.
    "attempt": _table("""
        created -> sending failed
        sending -> pending unknown success failed manual
        pending -> unknown success failed manual
        unknown -> pending sending success failed manual
        manual  -> success failed
        failed  -> success
        success -> reversed
    """),
    "bank_account": _table("""
        checking  -> found not_found
        found     -> confirmed retired
        confirmed -> retired
    """),
    "report": _table("""
        open -> answered
    """),
    # given -> used: she has chosen her new PIN, or what was asked for has been done or handed to two of the office.
    "vouch": _table("""
        asked -> given refused unsure expired
        given -> used expired
    """),
    # void: what was asked for has become pointless or impossible.
    "swap": _table("""
        asked  -> agreed refused withdrawn expired void
        agreed -> done refused withdrawn expired void
    """),
    # allowed -> kept|broken: she paid by the new date (and the first part by its own), or did not. void: the group
    # is dissolved, and what she had time for is not asked any more.
    "extension": _table("""
        asked   -> allowed refused expired void
        allowed -> kept broken void
    """),
    # refused, expired -> waived: two of the staff take a late fee off that its officers had let stay.
    "waiver": _table("""
        asked   -> waived refused expired void
        refused -> waived
        expired -> waived
    """),
    # sending -> delivered: the delivery report can overtake the provider's own answer.
    # sent -> queued: the network did not carry it after all, and there is another way.
    "outbox": _table("""
        queued    -> sending suppressed
        sending   -> sent delivered read queued failed unknown suppressed
        sent      -> delivered read queued failed
        unknown   -> queued sent delivered read failed
        delivered -> read
    """),
}

# The states in which a row may come into the world.
STARTS: Final[dict[str, tuple[str, ...]]] = {
    "group": ("draft", "forming"),
    "cycle": ("scheduled", "open"),
    "obligation": ("pending",),
    "seat": ("invited", "requested", "waiting", "accepted"),
    "payment": ("created",),
    "payout": ("held", "awaiting_approval"),
    "attempt": ("created",),
    "bank_account": ("checking",),
    "swap": ("asked",),
    "extension": ("asked",),
    "waiver": ("asked",),
    "report": ("open",),
    "vouch": ("asked",),
    "outbox": ("queued",),
}


def _states(table: Table) -> tuple[str, ...]:
    return tuple(dict.fromkeys(state for pair in table for state in pair))


STATES: Final[dict[str, tuple[str, ...]]] = {entity: _states(table) for entity, table in TRANSITIONS.items()}

# One machine per entity for the whole process: building one costs a thousand times what asking it does.
MACHINES: Final[dict[str, Machine]] = {
    entity: Machine(
        model=None,
        states=list(STATES[entity]),
        initial=STARTS[entity][0],
        transitions=[{"trigger": dest, "source": source, "dest": dest} for source, dest in table],
        auto_transitions=False,
    )
    for entity, table in TRANSITIONS.items()
}


def legal(entity: str, source: str, dest: str) -> bool:
    """Whether the step exists. An unknown entity is a bug and raises; an unknown state has no steps."""
    machine = MACHINES[entity]
    return dest in machine.events and bool(machine.get_transitions(dest, source))


def terminal(entity: str) -> frozenset[str]:
    """The states that nothing follows."""
    return frozenset(STATES[entity]) - {source for source, _ in TRANSITIONS[entity]}
