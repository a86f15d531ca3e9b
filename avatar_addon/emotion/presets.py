# SPDX-License-Identifier: GPL-3.0-or-later
"""Ready mixtures of emotions, named after the compound emotions of Du, Tao and Martinez (PNAS 111, 2014) where those have one."""

from __future__ import annotations

# Identifier -> (label, slider -> value). Sliders that a head lacks are left out.
PRESETS: dict[str, tuple[str, dict[str, float]]] = {
    "HAPPILY_SURPRISED": ("Happily Surprised", {"Happiness": 0.9, "Surprise": 0.8}),
    "HAPPILY_DISGUSTED": ("Happily Disgusted", {"Happiness": 0.7, "Disgust": 0.7}),
    "SADLY_FEARFUL": ("Sadly Fearful", {"Sadness": 0.9, "Fear": 0.8}),
    "SADLY_ANGRY": ("Sadly Angry", {"Sadness": 0.8, "Anger": 0.8}),
    "SADLY_SURPRISED": ("Sadly Surprised", {"Sadness": 0.8, "Surprise": 0.6}),
    "FEARFULLY_ANGRY": ("Fearfully Angry", {"Fear": 0.7, "Anger": 0.9}),
    "FEARFULLY_SURPRISED": ("Fearfully Surprised", {"Fear": 0.9, "Surprise": 0.9}),
    "ANGRILY_DISGUSTED": ("Angrily Disgusted", {"Anger": 0.9, "Disgust": 0.8}),
    "SCORNFUL": ("Scornful", {"Anger": 0.6, "Contempt": 1.0}),
    "SMUG": ("Smug", {"Happiness": 0.4, "Contempt": 0.9}),
    "BITTERSWEET": ("Bittersweet", {"Happiness": 0.5, "Sadness": 0.7}),
    "FAINT_SMILE": ("Faint Smile", {"Happiness": 0.3}),
}
