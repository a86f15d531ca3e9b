# SPDX-License-Identifier: GPL-3.0-or-later
"""German: export, set-up, emotions."""

EXPORT = {
    "Write the active avatar to a file of another program": "Den aktiven Avatar in die Datei eines anderen Programms schreiben",
    "Portrait Avatar (.fbx, .obj, .glb, .usdc, .zip)": "Portrait Avatar (.fbx, .obj, .glb, .usdc, .zip)",
    "There is no avatar in this scene": "In dieser Szene ist kein Avatar",
    "Leave the current mode first": "Erst den Modus verlassen",
    "Wrote {path}": "{path} geschrieben",
    "{path} could not be written ({problem}): choose another place or format": (
        "{path} konnte nicht geschrieben werden ({problem}): einen anderen Ort oder ein anderes Format wählen"
    ),
    "Preset": "Vorgabe",
    "Generic": "Allgemein",
    "Metres; the axes that the format prescribes": "Meter; die Achsen, die das Format vorschreibt",
    "Unity": "Unity",
    "Y up, Z forward, rotation applied to the data, metres": "Y nach oben, Z nach vorn, Drehung in den Daten, Meter",
    "Unreal": "Unreal",
    "Z up, centimetres applied to the data": "Z nach oben, Zentimeter in den Daten",
    "FBX": "FBX",
    "Shape keys, armature, embedded textures": "Formschlüssel, Skelett, eingebettete Texturen",
    "OBJ": "OBJ",
    "The current expression, with materials and textures beside it": (
        "Der jetzige Ausdruck, mit Materialien und Texturen daneben"
    ),
    "GLB": "GLB",
    "Morph targets, armature, textures inside": "Formschlüssel, Skelett, Texturen darin",
    "USD": "USD",
    "Blend shapes, skeleton, textures beside it": "Formschlüssel, Skelett, Texturen daneben",
    "Zip": "Zip",
    "FBX, OBJ, GLB, textures and the avatar's bundle in one file": (
        "FBX, OBJ, GLB, Texturen und das Bündel des Avatars in einer Datei"
    ),
    "Flat strips that face away from the head": "Flache Streifen, die vom Kopf weg zeigen",
    "Three-sided tubes": "Dreiseitige Röhren",
    "None": "Keine",
    "Without hair": "Ohne Haar",
    "Format": "Format",
    "Scale": "Maßstab",
    "Multiplies all sizes": "Vervielfacht alle Maße",
    "At most so many cards or tubes": "Höchstens so viele Streifen oder Röhren",
    "Points": "Punkte",
    "Points along each card or tube": "Punkte entlang jedes Streifens oder jeder Röhre",
}
SET_UP = {
    "Works on every computer": "Geht auf jedem Rechner",
    "NVIDIA CUDA": "NVIDIA CUDA",
    "Faster networks on an NVIDIA card; a much larger download": (
        "Schnellere Netze auf einer NVIDIA-Karte; viel mehr herunterzuladen"
    ),
    "Python": "Python",
    "A Python 3.11 or 3.12 to make the environment with; empty: search": (
        "Ein Python 3.11 oder 3.12, mit dem die Umgebung gemacht wird; leer: suchen"
    ),
    "Wheels": "Wheels",
    "Install from the packages in this folder instead of the internet": (
        "Aus den Paketen dieses Ordners einrichten statt aus dem Internet"
    ),
    "Own Environment": "Eigene Umgebung",
    "The Python of an environment that already has all packages; empty: the one that Set Up makes": (
        "Das Python einer Umgebung, die schon alle Pakete hat; leer: die eingerichtete"
    ),
    "Textured": "Mit Texturen",
    "Frame a new avatar in the viewport; Solid shading shows its textures at once": (
        "Einen neuen Avatar ins Bild rücken; die Ansicht zeigt gleich seine Texturen"
    ),
    "Material Preview": "Materialvorschau",
    "Frame a new avatar in the viewport and leave Solid shading": (
        "Einen neuen Avatar ins Bild rücken, mit Materialvorschau"
    ),
    "Leave the View": "Ansicht lassen",
    "Change nothing in the viewport": "An der Ansicht nichts ändern",
    "Without Internet, or with Your Own Python": "Ohne Internet, oder mit eigenem Python",
    "Open Its Folder": "Ihren Ordner öffnen",
    "Uses an environment of your own": "Benutzt eine eigene Umgebung",
    "There is no Python at that path": "An diesem Pfad ist kein Python",
    "Set up, but this version wants newer packages ({device})": (
        "Eingerichtet, aber diese Version will neuere Pakete ({device})"
    ),
    "Install what is needed to read photos: Python packages in a folder of their own, which Blender removes with the extension": (
        "Einrichten, was zum Lesen von Fotos nötig ist: Python-Pakete in einem eigenen Ordner, den Blender mit der Erweiterung entfernt"
    ),
    "Stop the set-up; a later one goes on from there": "Das Einrichten anhalten; ein späteres geht von da aus weiter",
    "Remove Environment": "Umgebung entfernen",
    "Delete the inference environment. Avatars in your files stay as they are": (
        "Die Umgebung löschen. Avatare in Dateien bleiben, wie sie sind"
    ),
    "Delete the environment and install it again": "Die Umgebung löschen und neu einrichten",
    "Open the log in the system's text viewer": "Das Protokoll im Textbetrachter des Systems öffnen",
    "As chosen in the preferences": "Wie in den Einstellungen",
    "Download Python": "Python laden",
    "Fetch a Python 3.11 if the computer has none": "Ein Python 3.11 laden, wenn der Rechner keines hat",
    "Start again from nothing": "Ganz von vorn anfangen",
    "The set-up is running": "Das Einrichten läuft",
    "Blender does not allow online access: allow it in the preferences, System, or choose a folder of wheels": (
        "Blender darf nicht ins Internet: in den Einstellungen, System, erlauben, oder einen Ordner mit Wheels wählen"
    ),
    "The environment is in use: close other Blenders and try again": (
        "Die Umgebung wird benutzt: andere Blender schließen und noch einmal versuchen"
    ),
    "Removed; about {size:.1f} GB or more are free again": "Entfernt; etwa {size:.1f} GB oder mehr sind wieder frei",
    "There is no log at {path}": "An {path} ist kein Protokoll",
    "Another Blender is setting up the environment: wait until it is done.": (
        "Ein anderes Blender richtet die Umgebung gerade ein: warten, bis es fertig ist."
    ),
    "A Python 3.11 or 3.12 is needed and may not be downloaded: allow online access in the preferences.": (
        "Ein Python 3.11 oder 3.12 wird gebraucht und darf nicht geladen werden: in den Einstellungen den Zugang erlauben."
    ),
    "Blender does not allow online access: allow it in the preferences, System, or choose a folder of wheels.": (
        "Blender darf nicht ins Internet: in den Einstellungen, System, erlauben, oder einen Ordner mit Wheels wählen."
    ),
    "Removing the old environment": "Entfernt die alte Umgebung",
    "Installing": "Installiert",
}
EMOTIONS = {
    "Happiness": "Freude",
    "Anger": "Wut",
    "Sadness": "Trauer",
    "Fear": "Angst",
    "Contempt": "Verachtung",
    "Surprise": "Überraschung",
    "Disgust": "Ekel",
    "Reset Emotions": "Gefühle zurücksetzen",
    "Set all emotion sliders to 0, and hide the photo's own expression": (
        "Alle Gefühlsregler auf 0 stellen und den Ausdruck des Fotos verbergen"
    ),
    "Random Emotions": "Zufällige Gefühle",
    "Show one or two emotions by chance": "Zufällig ein oder zwei Gefühle zeigen",
    "Mirror Face": "Gesicht spiegeln",
    "Swap left and right: the side of one-sided emotions, the values of left and right shape keys, and the photo's expression": (
        "Links und rechts tauschen: die Seite einseitiger Gefühle, die Werte linker und rechter Formschlüssel und den Ausdruck des Fotos"
    ),
    "Keyframe Emotions": "Gefühle als Keyframe",
    "Insert a keyframe for every emotion slider and side at the current frame": (
        "Für jeden Gefühlsregler und jede Seite einen Keyframe im jetzigen Bild setzen"
    ),
    "Mixed Emotions": "Gemischte Gefühle",
    "Set the emotion sliders to a ready mixture": "Die Gefühlsregler auf eine fertige Mischung stellen",
    "As in the Photo": "Wie im Foto",
    "Photo, Mirrored": "Foto, gespiegelt",
    "Start from the expression in the photo": "Vom Ausdruck im Foto ausgehen",
    "Seed": "Startwert",
    "Another number gives another face": "Eine andere Zahl gibt ein anderes Gesicht",
    "Amount": "Stärke",
    "How strong the emotions may be": "Wie stark die Gefühle sein dürfen",
    "Exact": "Genau",
    "The photo's own expression as a shape key; otherwise the sliders that come nearest to it": (
        "Der Ausdruck des Fotos als Formschlüssel; sonst die Regler, die ihm am nächsten kommen"
    ),
    "There is no avatar with emotion sliders in this scene": "In dieser Szene ist kein Avatar mit Gefühlsreglern",
    "The avatar is linked from another file: make a library override of it first": (
        "Der Avatar ist aus einer anderen Datei verknüpft: erst eine Bibliotheksüberschreibung anlegen"
    ),
    "The photo's expression is neutral, or none of these emotions": (
        "Der Ausdruck des Fotos ist neutral, oder keines dieser Gefühle"
    ),
    "Reset": "Zurücksetzen",
    "Random": "Zufällig",
    "Mirror": "Spiegeln",
    "Keyframe": "Keyframe",
    "Exactly": "Genau so",
    "By Sliders": "Mit Reglern",
    "Right or Left": "Rechts oder links",
}
