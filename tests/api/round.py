"""A mock round against a running server, with the client that openapi-python-client generated."""

import json
import os
from pathlib import Path
from uuid import uuid4

from viva_client import Client
from viva_client.api.health import readyz
from viva_client.api.questions import list_questions, show_question
from viva_client.api.sessions import create_session, delete_session, export_session, finish_session, show_session
from viva_client.api.transcriptions import transcribe
from viva_client.api.turns import answer_turn, decide_mark, list_judgings, regrade_turn, show_turn, skip_turn, turn_audio
from viva_client.models import (
    AnswerForm,
    DecidedBy,
    DecidedVerdict,
    Decision,
    Feedback,
    NewAnswer,
    NewSession,
    Problem,
    Regrade,
    Session,
    StateEvent,
    Turn,
    TurnState,
    Verdict,
)
from viva_client.models.export_format import ExportFormat
from viva_client.types import File

SPEECH = Path(os.environ["SPEECH"]) / "answers"
client = Client(base_url=os.environ["VIVA_URL"], timeout=120, raise_on_unexpected_status=True)


def events(turn):
    """Reads the events of a turn by hand, to the end of the stream."""
    names = {"state": StateEvent, "feedback.delta": Feedback, "judged": Turn}
    with client.get_httpx_client().stream("GET", f"/api/v1/turns/{turn}/events") as response:
        assert response.headers["content-type"] == "text/event-stream"
        name = None
        for line in response.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, names[name].from_dict(json.loads(line.removeprefix("data: ")))


assert readyz.sync_detailed(client=client).status_code == 204
asked = ["borrowing-aliasing-rules", "ownership-why", "borrowing-push-while-reading"]
assert len(list_questions.sync(client=client, topic="borrowing").questions) >= 2
model_answer = show_question.sync(asked[0], client=client, reveal=True).answer.model_answer

created = create_session.sync_detailed(client=client, body=NewSession(question_ids=asked, follow_ups=0))
assert created.status_code == 201 and created.headers["location"].endswith(str(created.parsed.id))
session = created.parsed
assert [turn.state for turn in session.turns] == [TurnState.ASKED] * 3
assert session.next_turn.id == session.turns[0].id

# A typed answer: sent twice under one key it is one answer; another one under the same key is refused.
typed, spoken, skipped = (turn.id for turn in session.turns)
key = str(uuid4())
judged = answer_turn.sync(typed, client=client, body=NewAnswer(text=model_answer), prefer="wait=60", idempotency_key=key)
assert isinstance(judged, Turn) and judged.state == TurnState.JUDGED, judged
assert judged.feedback.correctness.key_points
assert any(point.quote for point in judged.feedback.correctness.key_points)
assert judged.next_turn.id == spoken
again = answer_turn.sync(typed, client=client, body=NewAnswer(text=model_answer), idempotency_key=key)
assert again.id == judged.id and again.state == TurnState.JUDGED
other = answer_turn.sync_detailed(typed, client=client, body=NewAnswer(text="something else"), idempotency_key=key)
assert other.status_code == 422 and isinstance(other.parsed, Problem), other

# A spoken answer, as a form, followed by its events.
recording = (SPEECH / "ownership-strong.opus").read_bytes()
form = AnswerForm(audio=File(payload=recording, file_name="answer.opus", mime_type="audio/ogg"))
accepted = answer_turn.sync_detailed(spoken, client=client, body=form)
assert accepted.status_code in (200, 202), accepted
told = list(events(spoken))
assert told[0][0] == "state" and told[-1][0] == "judged", told
heard = told[-1][1]
assert heard.state == TurnState.JUDGED and heard.answer.transcript.segments[0].words, heard
assert heard.feedback.delivery.words > 5
assert show_turn.sync(spoken, client=client).to_dict() == heard.to_dict()
assert turn_audio.sync_detailed(spoken, client=client).content == recording
part = client.get_httpx_client().get(f"/api/v1/turns/{spoken}/audio", headers={"range": "bytes=0-3"})
assert part.status_code == 206 and part.content == b"OggS"

# The candidate's own decision about a mark, kept by another judging, and taken back.
point = judged.feedback.correctness.key_points[0].id
decided = decide_mark.sync(typed, point, client=client, body=Decision(verdict=DecidedVerdict.MISSED))
mark = decided.feedback.correctness.key_points[0]
assert (mark.verdict, mark.decided_by) == (Verdict.MISSED, DecidedBy.CANDIDATE) and not mark.quote, mark
assert decide_mark.sync_detailed(typed, "no-such-mark", client=client, body=Decision(verdict=None)).status_code == 404

regraded = regrade_turn.sync(typed, client=client, body=Regrade(), prefer="wait=60")
assert regraded.state == TurnState.JUDGED
assert regraded.feedback.correctness.key_points[0].decided_by == DecidedBy.CANDIDATE
undone = decide_mark.sync(typed, point, client=client, body=Decision(verdict=None))
assert undone.feedback.correctness.key_points[0].decided_by != DecidedBy.CANDIDATE
assert len(list_judgings.sync(typed, client=client).judgings) == 2
assert skip_turn.sync(skipped, client=client).state == TurnState.SKIPPED

# A recording that is only transcribed.
transcription = transcribe.sync(client=client, body=File(payload=recording))
assert transcription.transcript.text == heard.answer.transcript.text and transcription.duration > 3

finished = finish_session.sync(session.id, client=client)
assert finished.summary.answered == 2 and finished.summary.skipped == 1 and finished.next_turn is None
exported = export_session.sync_detailed(session.id, client=client, format_=ExportFormat.JSON)
exported = Session.from_dict(json.loads(exported.content))
assert len(exported.turns[0].judgings) == 2
assert delete_session.sync_detailed(session.id, client=client).status_code == 204
gone = show_session.sync_detailed(session.id, client=client)
assert gone.status_code == 404 and gone.parsed.type_ == "/problems/not-found"
