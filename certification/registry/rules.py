"""What the public may look up, and how often. Pure."""

from collections import deque
from dataclasses import dataclass, field

LEAST_WORDS = 2
TRIES = 10
TRIES_SECONDS = 60.0
_KEPT = 10_000


@dataclass
class Throttle:
    """Lets each caller try so often in a while; times are seconds of any steady clock."""

    tries: int = TRIES
    seconds: float = TRIES_SECONDS
    _seen: dict[str, deque[float]] = field(default_factory=dict)

    def wait(self, caller: str, now: float) -> int:
        """Count one try; give the whole seconds until the next one counts, 0 where this one does."""
        times = self._seen.setdefault(caller, deque())
        while times and times[0] <= now - self.seconds:
            times.popleft()
        if len(times) >= self.tries:
            return max(1, int(times[0] + self.seconds - now) + 1)
        times.append(now)
        if len(self._seen) > _KEPT:
            self._forget(now)
        return 0

    def _forget(self, now: float) -> None:
        """Let go of callers who have not tried for a while, so that memory stays bounded."""
        for caller in [one for one, times in self._seen.items() if times[-1] <= now - self.seconds]:
            del self._seen[caller]
        while len(self._seen) > _KEPT:
            del self._seen[next(iter(self._seen))]
