"""How often the public may try."""

from certification.registry.rules import Throttle


def test_the_throttle_forgets_after_a_while():
    """I-17: ten tries a minute for one caller, without slowing down another."""
    throttle = Throttle(tries=2, seconds=10)
    assert [throttle.wait("a", at) for at in (0, 1)] == [0, 0]
    assert throttle.wait("a", 2) > 0
    assert throttle.wait("b", 2) == 0
    assert throttle.wait("a", 10.5) == 0
