# SPDX-License-Identifier: GPL-3.0-or-later
"""German: photo and hair."""

HAIR = {
    "Wear Hairstyle": "Frisur aufsetzen",
    "Put a hairstyle of the library on the active avatar": "Dem aktiven Avatar eine Frisur der Bibliothek aufsetzen",
    'Its name in the library; "photo": the photo\'s own hair, "bald": none': (
        'Ihr Name in der Bibliothek; "photo": das Haar des Fotos, "bald": keine'
    ),
    "Remove Old": "Alte entfernen",
    "Remove the hairstyle worn before instead of hiding it; the photo's own is kept": (
        "Die vorige Frisur entfernen statt sie auszublenden; die des Fotos bleibt"
    ),
    "Set by the asset shelf: file, kind and name of the asset": (
        "Vom Asset-Regal gesetzt: Datei, Art und Name des Assets"
    ),
    "Reset Hair": "Haar zurücksetzen",
    "Put all sliders of the hair back to where they started": "Alle Regler des Haars auf ihren Anfang stellen",
    "Hairstyles": "Frisuren",
    "The hair library has not been built": "Die Frisuren sind nicht gebaut",
    "Show Hairstyles as Assets": "Frisuren als Assets zeigen",
    "Show the hairstyles in the asset browser and in the viewport's asset shelf; kept with the preferences": (
        "Die Frisuren im Asset-Browser und im Asset-Regal der Ansicht zeigen; wird mit den Einstellungen behalten"
    ),
    "Remove Hairstyles from Assets": "Frisuren aus den Assets nehmen",
    "Take the hairstyles out of the asset browser": "Die Frisuren aus dem Asset-Browser nehmen",
    "This copy of the extension has no hair assets: install the extension's zip.": (
        "Dieser Kopie der Erweiterung fehlen die Frisuren: die Zip-Datei der Erweiterung installieren."
    ),
    "Add Strand Files": "Strähnendateien hinzufügen",
    "Make hairstyles of strand files: .data of USC-HairSalon, .hair, .obj with lines, .npz": (
        "Aus Strähnendateien Frisuren machen: .data von USC-HairSalon, .hair, .obj mit Linien, .npz"
    ),
    "Choose strand files of other programs, or a folder of them: they become hairstyles": (
        "Strähnendateien anderer Programme wählen, oder einen Ordner davon: sie werden zu Frisuren"
    ),
    "Portrait Avatar Hair": "Portrait Avatar Haar",
    "Reading strands": "Liest Strähnen",
    "Press Set Up first: reading strands needs the inference environment": (
        "Erst einrichten: Strähnen zu lesen braucht die Umgebung"
    ),
    "Strand files are being read": "Strähnendateien werden gerade gelesen",
    "There is no strand file: choose .data, .hair, .obj or .npz": (
        "Keine Strähnendatei: .data, .hair, .obj oder .npz wählen"
    ),
    "Strand File": "Strähnendatei",
    "A file of strands to wear instead (.data, .hair, .obj, .npz); empty: the photo's hair": (
        "Eine Strähnendatei stattdessen (.data, .hair, .obj, .npz); leer: das Haar des Fotos"
    ),
    "A hairstyle of the library; empty: the photo's": "Eine Frisur der Bibliothek; leer: die des Fotos",
    "A hairstyle of the library instead of the photo's; empty: the photo's": (
        "Eine Frisur der Bibliothek statt der des Fotos; leer: die des Fotos"
    ),
    "A picture of the photo's size, white where hair is; empty: found in the photo": (
        "Ein Bild in der Größe des Fotos, weiß, wo Haar ist; leer: im Foto gefunden"
    ),
    "Edit Hair Mask": "Haarmaske bearbeiten",
    "Show where the photo was taken for hair, in an image editor: paint white where hair is, black where none is": (
        "Im Bildeditor zeigen, was im Foto für Haar gehalten wurde: weiß malen, wo Haar ist, schwarz, wo keines ist"
    ),
    "Create with This Mask": "Mit dieser Maske erzeugen",
    "Create the avatar again from its photo, with the hair where the mask is white now. It comes as a new avatar": (
        "Den Avatar noch einmal aus seinem Foto erzeugen, mit Haar, wo die Maske jetzt weiß ist. Er kommt als neuer Avatar"
    ),
    "There is no avatar with the picture of its photo in this scene": (
        "In dieser Szene ist kein Avatar mit dem Bild seines Fotos"
    ),
    "Open '{name}' in an image editor": "'{name}' in einem Bildeditor öffnen",
    "From Photo": "Aus dem Foto",
    "Choose by Picture": "Nach Bild wählen",
    "Length": "Länge",
    "Volume": "Volumen",
    "Curl": "Locken",
    "Frizz": "Krause",
    "Clump": "Bündel",
    "Melanin": "Melanin",
    "Redness": "Rötung",
    "Root darkness": "Dunkle Ansätze",
    "Grey": "Grau",
    "Dye": "Färbung",
    "Dye colour": "Farbe der Färbung",
    "Viewport strands": "Strähnen in der Ansicht",
    "Brow thickness": "Stärke der Brauen",
}
PHOTO = {
    "Make an avatar of a portrait photo, or of several": "Aus einem Porträtfoto oder mehreren Avatare machen",
    "Choose Face": "Gesicht wählen",
    "Make the avatar of this face": "Den Avatar dieses Gesichts machen",
    "Stop making this avatar; what is in the scene stays": "Diesen Avatar abbrechen; was in der Szene ist, bleibt",
    "Take finished and failed photos off the list": "Fertige und gescheiterte Fotos von der Liste nehmen",
    "Folder": "Ordner",
    "Folder of the files": "Ordner der Dateien",
    "Files": "Dateien",
    "Face": "Gesicht",
    "Which face of the photo it is": "Welches Gesicht des Fotos es ist",
    "Which face of the photo: 1 is the largest; 0 lets the person choose, and is 1 for scripts": (
        "Welches Gesicht des Fotos: 1 ist das größte; 0 lässt wählen, und ist 1 für Skripte"
    ),
    "Move the networks' estimate onto the photo's landmarks": (
        "Die Schätzung der Netze auf die Gesichtspunkte des Fotos nachführen"
    ),
    "Head Model": "Kopfmodell",
    "open, flame, or the path of a FLAME file; empty: what the estimator wants": (
        "open, flame oder der Pfad einer FLAME-Datei; leer: was zur Bestimmung gehört"
    ),
    "Bundles": "Bündel",
    "Folder to keep the bundles in": "Ordner für die Bündel",
    "The photo's number in the queue; 0: all": "Nummer des Fotos in der Reihe; 0: alle",
    "Press Set Up first: reading photos needs the inference environment": (
        "Erst einrichten: Fotos zu lesen braucht die Umgebung"
    ),
    "Leave the current mode first: an avatar is added in Object Mode": (
        "Erst den Modus verlassen: ein Avatar kommt im Objektmodus in die Szene"
    ),
    "Choose a photo first: JPEG, PNG, WebP, TIFF or HEIC.": "Erst ein Foto wählen: JPEG, PNG, WebP, TIFF oder HEIC.",
    "Choose a portrait photo": "Ein Porträtfoto wählen",
    "Make avatars of all photos of a folder; a failure of one does not stop the others": (
        "Aus allen Fotos eines Ordners Avatare machen; misslingt einer, hält das die anderen nicht auf"
    ),
    "Take the picture, or the path of a picture, from the clipboard": (
        "Das Bild, oder den Pfad eines Bildes, aus der Zwischenablage nehmen"
    ),
    "Portrait Avatar": "Portrait Avatar",
    "There is no picture in the clipboard, nor the path of one": (
        "In der Zwischenablage ist weder ein Bild noch der Pfad eines Bildes"
    ),
    "A portrait: one face, looking at the camera": "Ein Porträt: ein Gesicht, das in die Kamera sieht",
    "Add the avatar of a bundle (its avatar.json, its folder or its zip) to the scene": (
        "Den Avatar eines Bündels (seiner avatar.json, seines Ordners oder seiner Zip-Datei) in die Szene setzen"
    ),
    "Portrait Avatar (.zip, avatar.json)": "Portrait Avatar (.zip, avatar.json)",
    "{missing}: use a complete Blender, such as that of blender.org": (
        "{missing}: ein vollständiges Blender benutzen, wie das von blender.org"
    ),
    "Keep Bundles": "Bündel behalten",
    "So many of the newest avatars keep what they were made of, for the zip export; 0: all of them": (
        "Von so vielen der neuesten Avatare bleibt, woraus sie gemacht sind, für den Zip-Export; 0: von allen"
    ),
    "Remove Bundles": "Bündel entfernen",
    "Remove {count}": "{count} entfernen",
    "Delete the bundles of all avatars that are not in the open file. Avatars in your files stay as they are": (
        "Die Bündel aller Avatare löschen, die nicht in der offenen Datei sind. Avatare in Dateien bleiben, wie sie sind"
    ),
    "{count} bundles removed": "{count} Bündel entfernt",
    "Look through a folder for FLAME, DECA and MICA files and remember the usable ones. They stay where they are": (
        "Einen Ordner nach Dateien von FLAME, DECA und MICA durchsehen und die brauchbaren merken. Sie bleiben, wo sie sind"
    ),
    "Only tell what the files of a folder are and what is wrong with them": (
        "Nur sagen, was die Dateien eines Ordners sind und was mit ihnen nicht stimmt"
    ),
    "FLAME, DECA and MICA: files of your own": "FLAME, DECA und MICA: eigene Dateien",
    "Add, check or list FLAME, DECA and MICA files": "Dateien von FLAME, DECA und MICA hinzufügen, prüfen oder auflisten",
    "Task": "Aufgabe",
    "List": "Auflisten",
    "Only tell which files are known": "Nur sagen, welche Dateien bekannt sind",
    "The built-in open head (CC0) on MediaPipe's landmarks: any use, nothing to add": (
        "Der eingebaute freie Kopf (CC0) auf MediaPipes Gesichtspunkten: für jeden Zweck, nichts hinzuzufügen"
    ),
    "DECA": "DECA",
    "FLAME head, expression and detail by DECA's networks; needs your FLAME and DECA files (non-commercial)": (
        "FLAME-Kopf, Ausdruck und Einzelheiten durch DECAs Netze; braucht eigene Dateien von FLAME und DECA (nicht kommerziell)"
    ),
    "MICA": "MICA",
    "FLAME head, metrical shape by MICA's networks; needs your FLAME and MICA files (non-commercial)": (
        "FLAME-Kopf, Form in wahrem Maß durch MICAs Netze; braucht eigene Dateien von FLAME und MICA (nicht kommerziell)"
    ),
    "Shape by MICA, the rest by DECA; needs all their files (non-commercial)": (
        "Form durch MICA, das Übrige durch DECA; braucht alle ihre Dateien (nicht kommerziell)"
    ),
    "This avatar's materials are your own": "Die Materialien dieses Avatars sind eigene",
}
