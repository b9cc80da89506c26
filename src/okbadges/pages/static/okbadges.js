// Copy, print, share and listen: only where the browser can. Without this file every page is whole.
"use strict";
const said = document.querySelector(".said");
const spoken = [...document.querySelectorAll("[data-spoken]")].map((one) => {
  const inner = one.querySelector("[lang]") || one;
  return { text: one.textContent.trim(), language: inner.closest("[lang]").lang };
});
const voiceFor = (language) => speechSynthesis.getVoices().find((voice) => voice.lang.toLowerCase().startsWith(language));
const doings = {
  print: { can: () => "print" in window, run: () => window.print() },
  copy: {
    can: () => navigator.clipboard && window.isSecureContext,
    run: async (button) => {
      await navigator.clipboard.writeText(button.dataset.address || location.href);
      if (said) said.textContent = button.dataset.done;
    },
  },
  share: {
    can: () => "share" in navigator,
    run: (button) => navigator.share({ url: button.dataset.address || location.href }).catch(() => {}),
  },
  listen: {
    // a text that is read in the voice of another language is worse than none
    can: () => "speechSynthesis" in window && spoken.length > 0 && spoken.every(({ language }) => voiceFor(language)),
    run: (button) => {
      const stop = () => {
        if ("again" in button.dataset) button.textContent = button.dataset.again;
        delete button.dataset.again;
      };
      speechSynthesis.cancel();
      if ("again" in button.dataset) return stop();
      button.dataset.again = button.textContent;
      button.textContent = button.dataset.done;
      for (const [place, { text, language }] of spoken.entries()) {
        const words = new SpeechSynthesisUtterance(text);
        words.lang = language;
        words.voice = voiceFor(language);
        words.onerror = stop;
        if (place === spoken.length - 1) words.onend = stop;
        speechSynthesis.speak(words);
      }
    },
  },
  large: {
    can: () => "HTMLDialogElement" in window,
    run: (button) => document.getElementById(button.dataset.shows).showModal(),
  },
};
const offer = () => {
  for (const button of document.querySelectorAll("[data-do][hidden]")) {
    const doing = doings[button.dataset.do];
    if (!doing || !doing.can()) continue;
    button.hidden = false;
    button.addEventListener("click", () => doing.run(button));
  }
};
offer();
if ("speechSynthesis" in window) {
  // voices may come late
  speechSynthesis.addEventListener?.("voiceschanged", offer);
  window.addEventListener("pagehide", () => speechSynthesis.cancel());
}

// A last day that nobody chose follows whom the link is for.
const lastDay = document.getElementById("expires_on");
if (lastDay) {
  const usual = [...document.querySelectorAll("[data-day]")];
  for (const purpose of usual) {
    purpose.addEventListener("change", () => {
      if (usual.some((one) => one.dataset.day === lastDay.value)) lastDay.value = purpose.dataset.day;
    });
  }
}

// Six digits that ended are replaced: when their time is over, and when somebody comes back to the page after it.
const six = document.getElementById("six");
if (six) {
  let again = Date.now() + six.dataset.again * 1000;
  const renew = async () => {
    if (document.hidden || Date.now() < again) return;
    again = Date.now() + 10000;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("six");
    if (!fresh) return location.reload();
    six.replaceChildren(...fresh.childNodes);
    again = Date.now() + fresh.dataset.again * 1000;
  };
  setInterval(renew, 1000);
  document.addEventListener("visibilitychange", renew);
}
