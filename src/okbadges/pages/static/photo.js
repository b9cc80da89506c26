// A photo is made as small as it is kept before it is sent: a telephone's is larger than a workshop's network likes.
"use strict";
for (const field of document.querySelectorAll("input[data-longest]")) {
  field.addEventListener("change", async () => {
    const [file] = field.files;
    const picture = file && window.createImageBitmap && (await createImageBitmap(file).catch(() => null));
    if (!picture) return;
    const scale = Math.min(1, field.dataset.longest / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: picture.width * scale, height: picture.height * scale });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((small) => {
      if (!small || small.size >= file.size || field.files[0] !== file) return;
      const chosen = new DataTransfer();
      chosen.items.add(new File([small], "photo.jpg", { type: small.type }));
      field.files = chosen.files;
    }, "image/jpeg", 0.85);
  });
}
