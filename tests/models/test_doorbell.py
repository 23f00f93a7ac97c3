"""Rings: collected by a door, dropped where nobody listens."""

from models.doorbell import Ring, collecting, ring


def test_it_collects_what_is_rung_inside_and_each_ring_once():
    with collecting() as rings:
        ring("send_mail", 7)
        ring("charge", 3)
        ring("send_mail", 7)
    assert rings == [Ring("send_mail", 7), Ring("charge", 3)]


def test_where_nobody_collects_a_ring_is_nothing():
    ring("send_mail", 7)
    with collecting() as rings:
        pass
    assert rings == []


def test_an_inner_collector_keeps_its_rings_and_the_outer_one_goes_on():
    with collecting() as outer:
        ring("send_mail", 1)
        with collecting() as inner:
            ring("send_mail", 2)
        ring("send_mail", 3)
    assert inner == [Ring("send_mail", 2)]
    assert outer == [Ring("send_mail", 1), Ring("send_mail", 3)]
