#!/usr/bin/env python3
"""Makes a golden database: drives a real `viva serve` over HTTP until there is a turn in every state, and copies what it stored.

    make.py VIVA FOLDER      VIVA: the program; FOLDER: where the database goes

Run it once for each released format, never again for an old one: the point of these files is that an older program wrote them.
"""

import http.server
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[4]
SPEECH = ROOT / "tests/fixtures/speech"
STRONG = "Every value has exactly one owner, and when the owner goes out of scope the value is dropped. That is why there is no garbage collector."
WRONG = "Rust has a garbage collector that frees a value when nobody uses it any more. For example it runs at the end of main."
MODE = {"mode": "kind"}


class Model(http.server.BaseHTTPRequestHandler):
    """A language model that hits every point, or is broken, or never answers."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if MODE["mode"] == "silent":
            time.sleep(3600)
        form = body.get("response_format", {}).get("json_schema", {})
        ids = lambda group: form.get("schema", {}).get("properties", {}).get(group, {}).get("properties", {})
        lines = body["messages"][1]["content"].splitlines()
        answer = next(after for line, after in zip(lines, lines[1:]) if line.startswith("<<<answer "))
        quote = " ".join(answer.split()[:4])
        says = {
            "marks": {
                "key_points": {id: {"quote": quote, "verdict": "hit"} for id in ids("key_points")},
                "misconceptions": {id: {"quote": None, "verdict": "not_stated"} for id in ids("misconceptions")},
            },
            "clarity": {"checks": {
                check: {"quote": quote, "verdict": "yes", "note": "Clear." if check == "ordered" else None} for check in ids("checks")
            }},
            "stronger_answer": {"answer": answer + " And that is why."},
            "follow_up": {"question": "You said that: what follows from it?"},
        }.get(form.get("name"), {"ready": True})
        reply = {
            "choices": [{"message": {"role": "assistant", "content": json.dumps(says)}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 10},
        }
        if MODE["mode"] == "broken":
            reply = {"choices": [{"message": {"role": "assistant", "content": "no idea"}, "finish_reason": "stop"}]}
        text = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class Viva:
    def __init__(self, program, data, **settings):
        environment = {"HOME": str(data), "VIVA_DATA": str(data), "PATH": os.environ["PATH"], **settings}
        self.process = subprocess.Popen([program, "serve", "--bind", "127.0.0.1:0"], env=environment, cwd=data, stdout=subprocess.PIPE, text=True)
        self.url = next(word for line in self.process.stdout for word in line.split() if word.startswith("http://")).rstrip("/.,")

    def ask(self, method, path, body=None, kind="application/json", wait=0):
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        headers = {"content-type": kind, "idempotency-key": f"golden-{time.time_ns()}"}
        if wait:
            headers["prefer"] = f"wait={wait}"
        request = urllib.request.Request(self.url + "/api/v1" + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as reply:
            text = reply.read()
            return json.loads(text) if text else None

    def session(self, *questions, follow_ups=1):
        return self.ask("POST", "/sessions", {"question_ids": list(questions), "follow_ups": follow_ups})

    def say(self, turn, text, wait=30):
        return self.ask("POST", f"/turns/{turn}/answer", {"text": text}, wait=wait)

    def send(self, turn, name, kind="audio/ogg", wait=60):
        return self.ask("POST", f"/turns/{turn}/answer", (SPEECH / name).read_bytes(), kind, wait)

    def wait(self, turn):
        while True:
            shown = self.ask("GET", f"/turns/{turn}")
            if shown["state"] in ("judged", "ungraded"):
                return shown
            time.sleep(0.1)

    def stop(self, signal="terminate"):
        getattr(self.process, signal)()
        self.process.wait()


def silence():
    """Two seconds of silence, 16 kHz, one channel."""
    samples = bytes(2 * 2 * 16000)
    head = b"RIFF" + (36 + len(samples)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += bytes([1, 0, 1, 0]) + (16000).to_bytes(4, "little") + (32000).to_bytes(4, "little") + bytes([2, 0, 16, 0])
    return head + b"data" + len(samples).to_bytes(4, "little") + samples


def fill(program, data):
    speech = {"VIVA_MODEL": str(SPEECH / "ggml-espeak-closed.en.bin")}
    viva = Viva(program, data, **speech)
    round = viva.session("ownership-why", "borrowing-aliasing-rules", "ownership-use-after-move", "cpp-slicing", "go-channels-deadlock-range", "behavioral-wrong-decision")
    turns = [turn["id"] for turn in round["turns"]]
    viva.ask("POST", f"/turns/{turns[0]}/hint")
    first = viva.say(turns[0], WRONG)
    viva.ask("PUT", f"/turns/{turns[0]}/sureness", {"sureness": 3})
    made, not_stated = first["feedback"]["correctness"]["key_points"][0], first["feedback"]["correctness"]["misconceptions"][0]
    viva.ask("PUT", f"/turns/{turns[0]}/marks/{made['id']}", {"verdict": "hit"})
    viva.ask("PUT", f"/turns/{turns[0]}/marks/{not_stated['id']}", {"verdict": "not_stated"})
    follow_up = viva.say(first["next_turn"]["id"], "Each value has one owner.")
    viva.send(turns[1], "answers/borrowing-partial.opus")
    heard = viva.wait(turns[1])
    viva.ask("PUT", f"/turns/{turns[1]}/transcript", {"text": heard["answer"]["transcript"]["text"] + " And that is how it is."})
    viva.wait(turns[1])
    viva.ask("POST", f"/turns/{turns[2]}/skip")
    spoken = {"transcript": {"segments": [{"text": "", "words": [
        {"text": word, "start": 0.1 + 0.3 * n, "end": 0.4 + 0.3 * n, "probability": 0.2 + 0.04 * n}
        for n, word in enumerate("Um, the derived part is is sliced off when it is copied into the base, you know.".split())
    ]}], "duration": 7.3}, "source": "microphone"}
    viva.ask("POST", f"/turns/{turns[3]}/answer", spoken, wait=30)
    quiet = viva.session("ownership-why", "ownership-drop-raii")
    viva.ask("POST", f"/turns/{quiet['turns'][0]['id']}/answer", silence(), "audio/wav", 60)
    viva.ask("POST", f"/sessions/{quiet['id']}/finish")
    real = viva.ask("POST", "/sessions", {"question_ids": ["ownership-why"], "real_minutes": 5})
    viva.say(real["turns"][0]["id"], STRONG)
    viva.stop()

    # No speech model: a recording stays without words.
    viva = Viva(program, data)
    unheard = viva.session("ownership-why")
    viva.send(unheard["turns"][0]["id"], "answers/ownership-strong.opus")
    viva.stop()

    model = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=model.serve_forever, daemon=True).start()
    asked = {
        "VIVA_LLM_PRESET": "custom",
        "VIVA_LLM_MODEL": "a-model",
        "VIVA_LLM_BASE_URL": f"http://127.0.0.1:{model.server_address[1]}/v1",
        "VIVA_LLM_RETRIES": "0",
    }
    viva = Viva(program, data, **speech, **asked)
    viva.ask("POST", f"/turns/{follow_up['id']}/regrade", {"coach": "llm", "model": "another-model"})
    viva.wait(follow_up["id"])
    by_model = viva.session("ownership-why")
    viva.say(by_model["turns"][0]["id"], STRONG, 60)
    MODE["mode"] = "broken"
    failed = viva.session("ownership-why")
    viva.say(failed["turns"][0]["id"], STRONG, 60)
    viva.wait(failed["turns"][0]["id"])
    # Two answers that are never judged keep both workers busy, so that the others wait.
    MODE["mode"] = "silent"
    open = viva.session("ownership-why", "ownership-drop-raii", "borrowing-aliasing-rules", "ownership-no-garbage-collector", "ownership-copy-or-clone", follow_ups=0)
    turns = [turn["id"] for turn in open["turns"]]
    viva.say(turns[0], STRONG, 0)
    viva.say(turns[1], STRONG, 0)
    time.sleep(1)
    viva.send(turns[2], "answers/borrowing-strong.opus", wait=0)
    viva.say(turns[3], STRONG, 0)
    viva.ask("POST", f"/turns/{by_model['turns'][0]['id']}/regrade", {"coach": "llm", "model": "a-third-model"})
    viva.stop("kill")


def main():
    program, folder = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        fill(program, data)
        (folder / "viva.sqlite").unlink(missing_ok=True)
        database = sqlite3.connect(pathlib.Path(data) / "viva.sqlite")
        database.execute("vacuum into ?", [str(folder / "viva.sqlite")])
        database.close()


main()
