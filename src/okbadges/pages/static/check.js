// The check page: a file may be dropped anywhere on it, and a QR code read with the camera, where the browser can. What comes that way goes
// into the form, and is sent as if it had been chosen or pasted.
"use strict";
{
  const scan = document.getElementById("scan");
  const view = scan.querySelector(".scan-view");
  const video = scan.querySelector("video");
  const words = scan.querySelector("[role=status]");
  const [start, stop] = scan.querySelectorAll("button");
  const text = document.getElementById("text");
  const file = document.getElementById("file");
  let turn = 0;
  let stream = null;

  const release = (taken) => taken?.getTracks().forEach((track) => track.stop());
  const end = (said = "") => {
    turn += 1;
    release(stream);
    stream = video.srcObject = null;
    const hadFocus = view.contains(document.activeElement);
    view.hidden = true;
    start.hidden = false;
    words.textContent = said;
    if (hadFocus) start.focus();
  };
  // the words for a code that is not sent, or null: a passport's card is its holder's own
  const refusal = (read) => {
    if (/^\{|^eyJ[\w-]*\.[\w-]*\.[\w-]*$/.test(read)) return null;
    const link = /^https?:\/\/[!-~]+$/i.test(read) && URL.canParse(read) ? new URL(read) : null;
    if (!link) return scan.dataset.other;
    return link.origin === location.origin && link.pathname.startsWith("/p/") ? scan.dataset.card : null;
  };
  const take = (read) => {
    end(scan.dataset.found);
    file.value = "";
    text.value = read;
    text.form.requestSubmit();
  };
  const look = async (detector, mine) => {
    while (mine === turn) {
      const codes = await detector.detect(video).catch(() => []);
      const read = codes[0]?.rawValue.trim();
      if (read && mine === turn) {
        const refused = refusal(read);
        if (!refused) return take(read);
        if (words.textContent !== refused) words.textContent = refused;
      }
      await new Promise((next) => setTimeout(next, 200));
    }
  };
  const begin = async () => {
    const mine = (turn += 1);
    words.textContent = "";
    try {
      const taken = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
      if (mine !== turn) return release(taken);
      stream = video.srcObject = taken;
      view.hidden = false;
      start.hidden = true;
      stop.focus();
      video.play().catch(() => {}); // one that is closed at once never plays
      look(new BarcodeDetector({ formats: ["qr_code"] }), mine);
    } catch (error) {
      if (mine === turn) end(error.name === "NotAllowedError" ? scan.dataset.denied : scan.dataset.failed);
    }
  };
  const offer = async () => {
    if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
    const formats = await BarcodeDetector.getSupportedFormats();
    const devices = await navigator.mediaDevices.enumerateDevices();
    scan.hidden = !formats.includes("qr_code") || !devices.some(({ kind }) => kind === "videoinput");
  };
  start.addEventListener("click", begin);
  stop.addEventListener("click", () => end());
  window.addEventListener("pagehide", () => end());
  document.addEventListener("visibilitychange", () => document.hidden && stream && end());
  offer().catch(() => {});
}
{
  const file = document.getElementById("file");
  const hasFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const mark = (over) => file.form.classList.toggle("over", over);
  document.addEventListener("dragover", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || mark(false));
  document.addEventListener("drop", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    mark(false);
    const one = new DataTransfer();
    if (event.dataTransfer.files[0]) one.items.add(event.dataTransfer.files[0]);
    file.files = one.files;
    document.getElementById("text").value = "";
    file.form.requestSubmit();
  });
}
