"""Somebody with several devices and one outbox: what is in it is sent until it is answered."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import Struct

from tests.faults.crowd.device import Device
from tests.faults.crowd.post import NoAnswer, post
from tests.faults.crowd.words import Outfit, Scene, client_id, frame_of, mark_of, some_text
from tests.faults.model import Written

#: Without an answer for so long, one asks again, over whatever way there is.
PATIENCE = 4.0
SIGNS = "👍🙏💡🎉"


class Letter(Struct):
    """What lies in the outbox: the note of it for later, and when it was last sent."""

    note: Written
    text: str
    reply: int | None = None
    tried: float = 0.0
    not_before: float = 0.0

    def command(self) -> dict[str, Any]:
        """What is said on a line, and by POST."""
        said = {"op": "send", "c": self.note.c, "id": self.note.id, "body": self.text}
        return said if self.reply is None else {**said, "reply": self.reply}


class Receipt(Struct):
    """What is answered to a POST."""

    seq: int = 0
    code: str = ""
    retry: float | None = None


class Person:
    """Writes in one conversation one thing after the other, so that what is written first is stored first."""

    def __init__(self, outfit: Outfit, scene: Scene) -> None:
        self.number = outfit.person
        self.cookie = f"{scene.cookie_name}={outfit.cookie}"
        self.curious = outfit.foreign
        self.inside = set(outfit.conversations)
        self.outbox: dict[tuple[str, int], Letter] = {}
        self.notes: dict[tuple[str, int], Written] = {}
        self.clock = 0.0
        self.doubling = 0.1
        self.answered = 0
        self.busy: dict[int, float] = {}
        self._scene = scene
        self._chance = random.Random(f"{scene.seed}/{self.number}")
        self._turns = itertools.count(1)
        self._errands: set[asyncio.Task[None]] = set()
        self.devices = [
            Device(f"{self.number}.{n}", self, scene, random.Random(f"{scene.seed}/{self.number}/{n}"))
            for n in range(outfit.devices)
        ]
        for n, device in enumerate(self.devices):
            # The second device shows all but the first conversation: of that one it hears heads alone.
            device.follows = set(outfit.conversations[1:] if n == 1 else outfit.conversations)
            device.on_open = self._resend

    def errand(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    # --- writing ---

    def idle_in(self, c: int) -> bool:
        """Whether the last thing said there was answered, and longer ago than the rate limit wants."""
        return c in self.inside and time.monotonic() > self.busy.get(c, 0.0)

    def write(self, conversations: list[int]) -> None:
        """Say something in a conversation, or under one number in two at once, of which one must be refused."""
        number = client_id(int((time.time() + self.clock) * 1000), self._chance)
        text = some_text(self._chance, number[-6:])
        letters = []
        for c in conversations:
            note = Written(number, self.number, c, next(self._turns), mark_of(text), twin=len(conversations) > 1)
            self.notes[number, c] = note
            answers = len(conversations) == 1 and self._chance.random() < 0.1
            self.outbox[number, c] = Letter(note, text, self.devices[0].last_said.get(c) if answers else None)
            letters.append(self.outbox[number, c])
            self.busy[c] = float("inf")
        if len(letters) > 1:
            # Each over another line first, so that they meet.
            for letter, device in zip(letters, self.devices, strict=False):
                self._send(letter, [device])
        for letter in letters:
            self._send(letter, self.devices if self._chance.random() < self.doubling else [])

    def _send(self, letter: Letter, devices: list[Device]) -> None:
        """Over these devices and by POST at once; or over any one device, or by POST where no line is open."""
        letter.tried = time.monotonic()
        ready = [device for device in self.devices if device.ready.is_set() and device.awake]
        if len(devices) > 1 or not ready:
            self.errand(self._post(letter))
        for device in devices or self._chance.sample(ready, min(1, len(ready))):
            device.say(**letter.command())

    async def _post(self, letter: Letter) -> None:
        note = letter.note
        url = f"{self._chance.choice(self._scene.servers)}/chat/{note.c}/senden/"
        try:
            answer = await post(url, self.cookie, frame_of(letter.command()).encode())
            receipt = msgspec.json.decode(answer[4:], type=Receipt)
        except (NoAnswer, msgspec.MsgspecError):
            return
        if receipt.seq:
            self.acknowledged(note.id, note.c, receipt.seq)
        elif receipt.code:
            self.refused(note.id, note.c, receipt.code, receipt.retry)

    def react(self, c: int) -> None:
        """Put a sign under the last message, or take it away: an entry of the log that nobody wrote."""
        if (seq := self.devices[0].last_said.get(c)) is not None:
            self.errand(self._react(c, seq, self._chance.random() < 0.7))

    async def _react(self, c: int, seq: int, on: bool) -> None:
        url = f"{self._chance.choice(self._scene.servers)}/chat/{c}/{seq}/reaktion/"
        form = f"sign={quote(self._chance.choice(SIGNS))}&on={int(on)}".encode()
        with suppress(NoAnswer):
            await post(url, self.cookie, form, "application/x-www-form-urlencoded")

    def _resend(self, device: Device) -> None:
        for letter in list(self.outbox.values()):
            device.say(**letter.command())

    def look_through_outbox(self) -> None:
        """Send again what was not answered for long, or was asked to come later."""
        now = time.monotonic()
        for letter in list(self.outbox.values()):
            if now > letter.not_before and now - letter.tried > PATIENCE:
                self._send(letter, [])

    def acknowledged(self, number: str, c: int, seq: int) -> None:
        note = self.notes[number, c]
        if seq not in note.seqs:
            note.seqs.append(seq)
        self._done(number, c)

    def refused(self, number: str, c: int, code: str, retry: float | None) -> None:
        letter = self.outbox.get((number, c))
        if letter is None:
            return
        if retry is not None:
            letter.not_before = time.monotonic() + retry
            letter.tried = letter.not_before - PATIENCE
            return
        letter.note.refused = code
        self._done(number, c)

    def _done(self, number: str, c: int) -> None:
        letter = self.outbox.pop((number, c), None)
        if letter is not None:
            self.answered += 1
            self.busy[c] = time.monotonic() + 1.05

    # --- coming and going ---

    def goes(self, c: int) -> None:
        """They are being taken out: nobody waits for them to have everything any more."""
        self.inside.discard(c)

    def comes(self, c: int, above: int) -> None:
        """They are in (again), and open it."""
        self.inside.add(c)
        for device in self.devices:
            device.floors[c] = above
            device.follows.add(c)
            device.person.errand(device.subscribe(c))

    def shown_the_door(self, device: Device, c: int) -> None:
        """The server says that this is not theirs. If it is, the next beat will tell, and it is opened again."""
        if c in self.inside:
            device.say(op="ping")
        else:
            device.follows.discard(c)
