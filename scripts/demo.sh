#!/usr/bin/env bash
# A whole practice round from bundled recordings: no key, no network, no microphone.
# The voice is a speech synthesiser's, and the speech model is the one of the tests: it knows 556 words, and no human voice.
set -euo pipefail

binary=${1:-target/practice/viva}
cd "$(dirname "$0")/.."

speech=tests/fixtures/speech
data=.demo
page=$data/review.html

echo "Two questions, answered by recordings of a synthetic voice. Everything happens on this machine."
"$binary" practice --data "$data" --model "$speech/ggml-espeak-closed.en.bin" --mute \
  --question borrowing-aliasing-rules --question ownership-why --follow-ups 1 \
  --audio "$speech/answers/borrowing-partial.opus" "$speech/answers/borrowing-follow-up.opus" \
  "$speech/answers/ownership-strong.opus"

"$binary" review last --data "$data" --export html --output "$page"
echo
echo "The same as a page, in one file:  $page"
echo "Now with your own voice:          make practice"
