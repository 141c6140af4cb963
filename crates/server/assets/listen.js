// Clicking a quote's time plays the recording from there. Without this script the link opens the recording instead.
"use strict";
for (const link of document.querySelectorAll("a[data-sound]")) {
  link.addEventListener("click", (event) => {
    const player = document.getElementById(link.dataset.sound);
    if (!player) return;
    event.preventDefault();
    const start = Number(link.dataset.start);
    const play = () => {
      player.currentTime = start;
      player.play().catch(() => { window.location.href = link.href; });
    };
    if (player.readyState >= HTMLMediaElement.HAVE_METADATA) {
      play();
    } else {
      player.addEventListener("loadedmetadata", play, { once: true });
      player.load();
    }
    player.scrollIntoView({ block: "nearest" });
  });
}
