# Makes the fixtures of tests/pictures.rs that no Rust crate of ours can write.
# Usage: make.py FOLDER, with Pillow and ImageMagick installed.
import os, struct, subprocess, sys
from PIL import Image, ImageCms


def cmyk_profile():
    """An ICC 2 profile of imagined inks: cyan isn't free of blue light's loss, black isn't black."""
    srgb = ImageCms.createProfile("sRGB")
    to_lab = ImageCms.buildTransform(srgb, ImageCms.createProfile("LAB"), "RGB", "LAB")
    inks = [(0.0, 0.62, 0.90), (0.90, 0.05, 0.50), (1.0, 0.93, 0.0), (0.15, 0.14, 0.13)]
    grid = 5
    cells = Image.new("RGB", (grid**4, 1))
    for i in range(grid**4):
        amounts = [i // grid ** (3 - ink) % grid / (grid - 1) for ink in range(4)]
        rgb = [1.0, 1.0, 1.0]
        for amount, ink in zip(amounts, inks):
            rgb = [v * (1 - amount * (1 - channel)) for v, channel in zip(rgb, ink)]
        cells.putpixel((i, 0), tuple(round(v * 255) for v in rgb))
    # Pillow's a and b are signed bytes; ICC's are the same with 128 added.
    lab = ImageCms.applyTransform(cells, to_lab).tobytes()
    lab = bytes(v if i % 3 == 0 else (v + 128) & 255 for i, v in enumerate(lab))
    ramp = bytes(range(256))
    unit = struct.pack(">9i", *(65536 if i % 4 == 0 else 0 for i in range(9)))
    lut = b"mft1" + bytes([0, 0, 0, 0, 4, 3, grid, 0]) + unit + ramp * 4 + lab + ramp * 3
    text = b"text\0\0\0\0" + b"No copyright, use freely\0"
    name = b"Imagined inks\0"
    desc = b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(4 + 4 + 2 + 1 + 67)
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    tags, body, at = b"", b"", 128 + 4 + 12 * 4
    for key, data in [(b"cprt", text), (b"desc", desc), (b"wtpt", white), (b"A2B0", lut)]:
        data += bytes(-len(data) % 4)
        tags += key + struct.pack(">II", at + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s12s4s", at + len(body), bytes(4), 0x02400000, b"prtr", b"CMYK", b"Lab ", bytes(12), b"acsp")
    head = head.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", 4) + tags + body


out = sys.argv[1]; os.makedirs(out, exist_ok=True)
p = lambda n: os.path.join(out, n)
# Four flat quarters of 16x16, so that JPEG keeps them nearly exact: red, green / blue, light grey.
quad = Image.new("RGB", (32, 32))
for i, c in enumerate([(200, 40, 30), (40, 160, 60), (30, 60, 180), (200, 200, 200)]):
    quad.paste(c, ((i % 2) * 16, (i // 2) * 16, (i % 2) * 16 + 16, (i // 2) * 16 + 16))
# Ink of the quarters in 0..255 (C, M, Y, K).
ink = Image.new("CMYK", (32, 32))
for i, c in enumerate([(0, 204, 204, 51), (255, 0, 255, 0), (0, 0, 0, 128), (51, 0, 0, 0)]):
    ink.paste(c, ((i % 2) * 16, (i // 2) * 16, (i % 2) * 16 + 16, (i // 2) * 16 + 16))
ink.save(p("cmyk.jpg"), quality=98, subsampling=0)
ink.save(p("cmyk.tif"))
ink.save(p("cmyk-profile.jpg"), quality=98, subsampling=0, icc_profile=cmyk_profile())
exif = Image.Exif(); exif[0x0112] = 6
wide = quad.resize((32, 16), Image.NEAREST)
wide.save(p("exif.jpg"), quality=95, subsampling=0, exif=exif)
quad.save(p("progressive.jpg"), quality=95, progressive=True)
quad.save(p("subsampled.jpg"), quality=95, subsampling=2)
quad.convert("L").save(p("grey.jpg"), quality=95)
quad.save(p("lossy.webp"), quality=90)
blue = Image.new("RGB", (32, 32), (0, 0, 255))
rgba = quad.convert("RGBA"); rgba.putalpha(Image.new("L", (32, 32), 128))
quad.save(p("animated.webp"), save_all=True, append_images=[blue], lossless=True, duration=100)
rgba.save(p("lossy-alpha.webp"), quality=90)
quad.quantize(8).save(p("animated.gif"), save_all=True, append_images=[blue.quantize(8)], duration=100)
quad.save(p("animated.png"), save_all=True, append_images=[blue], duration=100)
quad.quantize(8).save(p("palette.png"), bits=4)
quad.convert("1").save(p("bilevel.tif"), compression="group4")
quad.save(p("lzw.tif"), compression="tiff_lzw")
quad.save(p("deflate.tif"), compression="tiff_adobe_deflate")
quad.save(p("jpeg.tif"), compression="jpeg")
quad.quantize(8).save(p("palette.tif"))
quad.quantize(8).save(p("palette.bmp"))
quad.save(p("q.png"))
run = lambda *a: subprocess.run(["convert", *a], check=True)
run(p("q.png"), "-interlace", "PNG", p("interlaced.png"))
run(p("q.png"), "-colors", "8", "-compress", "RLE", "BMP3:" + p("rle.bmp"))
run(p("q.png"), "-colorspace", "CMYK", p("ycck.jpg"))
# JPEG XL, by libjxl's own program.
jxl = lambda *a: subprocess.run(["cjxl", *a], check=True)
rgba.save(p("qa.png"))
grey = quad.convert("L"); grey.save(p("g.png"))
jxl(p("q.png"), p("lossless.jxl"), "-q", "100")
jxl(p("q.png"), p("lossy.jxl"), "-d", "0.5")
jxl(p("qa.png"), p("lossy-alpha.jxl"), "-d", "0.5")
jxl(p("qa.png"), p("premultiplied.jxl"), "-q", "100", "--premultiply=1")
quad.resize((600, 4), Image.NEAREST).save(p("w.png"))
jxl(p("w.png"), p("groups.jxl"), "-q", "100")
jxl(p("animated.png"), p("animated.jxl"), "-q", "100")
jxl(p("g.png"), p("grey.jxl"), "-q", "100")
jxl(p("exif.jpg"), p("turned.jxl"), "-j", "1")
with open(p("q.ppm"), "wb") as f:
    f.write(b"P6\n32 32\n255\n" + quad.tobytes())
jxl(p("q.ppm"), p("p3.jxl"), "-q", "100", "-x", "color_space=RGB_D65_DCI_Rel_SRG")
with open(p("q.ppm"), "wb") as f:
    f.write(b"P6\n32 32\n65535\n" + bytes(v for v in quad.tobytes() for _ in range(2)))
jxl(p("q.ppm"), p("deep.jxl"), "-q", "100")
with open(p("q.pfm"), "wb") as f:
    f.write(b"PF\n32 32\n-1.0\n" + b"".join(struct.pack("<f", v / 255) for v in quad.transpose(Image.FLIP_TOP_BOTTOM).tobytes()))
jxl(p("q.pfm"), p("float.jxl"), "-q", "100", "-x", "color_space=RGB_D65_SRG_Rel_SRG")
for name in ["q.png", "qa.png", "w.png", "g.png", "q.ppm", "q.pfm"]:
    os.remove(p(name))
