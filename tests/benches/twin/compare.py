"""Compares the CPU of reading a judged ten-turn session from Viva and from its twin: compare.py BINARY

Prints rows of a Markdown table. Needs /proc, and the packages of requirements.txt.
"""

import gzip
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

REQUESTS = 1000
CONNECTIONS = 4
GOAL = 0.5


def cpu_seconds(process):
    """User and system time of a process so far."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def call(connection, method, path, body=None, headers=None):
    body = None if body is None else json.dumps(body)
    connection.request(method, path, body, {"content-type": "application/json", **(headers or {})})
    response = connection.getresponse()
    return response, response.read()


def judged_session(address):
    """The path and content of a session of ten answers, each of them judged."""
    connection = http.client.HTTPConnection(address, timeout=120)
    wishes = {"questions": 10, "follow_ups": 0, "seed": 1}
    session = json.loads(call(connection, "POST", "/api/v1/sessions", wishes)[1])
    for turn in session["turns"]:
        question = call(connection, "GET", f"/api/v1/questions/{turn['question']['id']}?reveal=true")[1]
        answer = {"text": json.loads(question)["answer"]["model_answer"]}
        judged = call(connection, "POST", f"/api/v1/turns/{turn['id']}/answer", answer, {"prefer": "wait=60"})[1]
        assert json.loads(judged)["state"] == "judged", judged
    path = f"/api/v1/sessions/{session['id']}"
    return path, json.loads(call(connection, "GET", path)[1])


def milliseconds(process, address, path, headers=None, status=200):
    """The CPU of the process for one request, and the size of the response, over kept-alive connections."""
    connections = [http.client.HTTPConnection(address, timeout=60) for _ in range(CONNECTIONS)]
    for connection in connections * 25:
        call(connection, "GET", path, headers=headers)
    before = cpu_seconds(process)
    for number in range(REQUESTS):
        response, body = call(connections[number % CONNECTIONS], "GET", path, headers=headers)
        assert response.status == status, response.status
    return (cpu_seconds(process) - before) / REQUESTS * 1000, len(body)


def wait_for(address):
    for _ in range(200):
        try:
            return socket.create_connection(address.split(":"), timeout=1).close()
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(address)


def main():
    binary = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "HOME": folder, "VIVA_DATA": f"{folder}/data"}
        viva = subprocess.Popen(
            [binary, "serve", "--bind", "127.0.0.1:0"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        processes = [viva]
        try:
            address = urlsplit(viva.stdout.readline().decode().split()[-1]).netloc
            path, session = judged_session(address)
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            os.environ["TWIN_DATABASE"], os.environ["TWIN_PORT"] = f"{folder}/twin.db", str(port)
            import twin

            twin.create(session)
            python = subprocess.Popen([sys.executable, twin.__file__])
            processes.append(python)
            wait_for(f"127.0.0.1:{port}")

            connection = http.client.HTTPConnection(address, timeout=60)
            response, _ = call(connection, "GET", path)
            etag = response.headers["etag"]
            packed, body = call(connection, "GET", path, headers={"accept-encoding": "gzip"})
            assert packed.headers["content-encoding"] == "gzip" and json.loads(gzip.decompress(body)) == session

            twins, size = milliseconds(python, f"127.0.0.1:{port}", path)
            vivas, _ = milliseconds(viva, address, path)
            unchanged, _ = milliseconds(viva, address, path, {"if-none-match": etag}, status=304)
            zipped, zipped_size = milliseconds(viva, address, path, {"accept-encoding": "gzip"})
        finally:
            for process in processes:
                process.terminate()
                process.wait(20)
    print(f"| CPU of reading a judged ten-turn session ({size // 1000} KB) | {vivas:.2f} ms | |")
    print(f"| the same, not changed (304) | {unchanged:.2f} ms | |")
    print(f"| the same, compressed ({zipped_size // 1000} KB) | {zipped:.2f} ms | |")
    print(f"| the same from the Python twin | {twins:.2f} ms | |")
    print(f"| share of the twin's CPU | {vivas / twins:.2f} | {GOAL} |")
    return 0 if vivas / twins <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
