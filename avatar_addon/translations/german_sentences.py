# SPDX-License-Identifier: GPL-3.0-or-later
"""German: sentences that come with names and numbers already in them, {0}, {1} ... in the order of the English."""

SENTENCES = {
    # The worker and its photos.
    "The inference process could not be started ({0}): repair the environment in the preferences.": (
        "Die Berechnung ließ sich nicht starten ({0}): die Umgebung in den Einstellungen reparieren."
    ),
    "The inference process ended unexpectedly (status {0}): try again, it starts anew. Log: {1}": (
        "Die Berechnung endete unerwartet (Status {0}): noch einmal versuchen, sie startet neu. Protokoll: {1}"
    ),
    "The inference process was silent for {0} seconds and was ended: try again. Log: {1}": (
        "Die Berechnung schwieg {0} Sekunden und wurde beendet: noch einmal versuchen. Protokoll: {1}"
    ),
    "The inference process could not be asked ({0}): repair the environment in the preferences.": (
        "Die Berechnung ließ sich nicht fragen ({0}): die Umgebung in den Einstellungen reparieren."
    ),
    "A defect stopped the work ({0}): please report it.": "Ein Fehler im Programm hielt die Arbeit an ({0}): bitte melden.",
    "A defect stopped the work ({0}: {1}): please report it with the log.": (
        "Ein Fehler im Programm hielt die Arbeit an ({0}: {1}): bitte mit dem Protokoll melden."
    ),
    "There is no photo in {0}: JPEG, PNG, WebP, TIFF or HEIC.": "In {0} ist kein Foto: JPEG, PNG, WebP, TIFF oder HEIC.",
    "No face was found in {0}: use a picture in which a face is turned to the camera, sharp and not covered.": (
        "In {0} wurde kein Gesicht gefunden: ein Bild nehmen, in dem ein Gesicht scharf, unverdeckt und der Kamera zugewandt ist."
    ),
    "{0} shows {1}, so there is no face {2}: choose from 1 to {3}.": (
        "{0} zeigt {1}, also gibt es kein Gesicht {2}: von 1 bis {3} wählen."
    ),
    "The photo shows {0} faces; number {1} is used (1 is the largest).": (
        "Das Foto zeigt {0} Gesichter; genommen wird Nummer {1} (1 ist das größte)."
    ),
    "The face is turned by {0} degrees; a more frontal photo gives a better likeness.": (
        "Das Gesicht ist um {0} Grad gedreht; ein Foto mehr von vorn wird ähnlicher."
    ),
    "The face in {0} cannot be read: use a picture where it is turned to the camera and not covered.": (
        "Das Gesicht in {0} ist nicht zu erkennen: ein Bild nehmen, wo es unverdeckt und der Kamera zugewandt ist."
    ),
    "The hair mask {0} is {1} x {2}, of other proportions than the photo ({3} x {4}): paint it over the photo itself.": (
        "Die Haarmaske {0} ist {1} x {2}, anders als das Foto ({3} x {4}): sie über das Foto selbst malen."
    ),
    "The hair mask {0} is {1} x {2} and was resized to the photo's {3} x {4}.": (
        "Die Haarmaske {0} ist {1} x {2} und wurde auf das Maß des Fotos gebracht, {3} x {4}."
    ),
    "The outline of {0} is coarse.": "Der Umriss von {0} ist grob.",
    "{0} {1}: use JPEG, PNG, WebP, TIFF, BMP or HEIC.": (
        "{0} ist kein brauchbares Bild ({1}): JPEG, PNG, WebP, TIFF, BMP oder HEIC nehmen."
    ),
    "{0} holds {1} pictures; the first is used.": "{0} enthält {1} Bilder; das erste wird genommen.",
    "{0} is a HEIC picture, which needs the package pillow-heif: install it or save the photo as JPEG.": (
        "{0} ist ein HEIC-Bild, das das Paket pillow-heif braucht: es einrichten oder das Foto als JPEG sichern."
    ),
    "There is no file {0}: check the path.": "Es gibt keine Datei {0}: den Pfad prüfen.",
    "{0} is a folder: name one picture in it.": "{0} ist ein Ordner: ein Bild darin nennen.",
    "{0} may not be read: change its permissions.": "{0} darf nicht gelesen werden: die Rechte ändern.",
    "{0} cannot be opened ({1}): use another copy.": "{0} lässt sich nicht öffnen ({1}): eine andere Kopie nehmen.",
    "{0} is truncated or damaged ({1}): export it again or use another copy.": (
        "{0} ist unvollständig oder beschädigt ({1}): neu exportieren oder eine andere Kopie nehmen."
    ),
    # Bundles, hair, files.
    "{0} could not be written ({1}): choose another output folder.": (
        "{0} konnte nicht geschrieben werden ({1}): einen anderen Ordner wählen."
    ),
    "The disk is full while writing {0}: free some space and try again.": (
        "Die Platte ist voll, während {0} geschrieben wird: Platz schaffen und noch einmal versuchen."
    ),
    "{0} may not be written: choose another output folder.": "{0} darf nicht geschrieben werden: einen anderen Ordner wählen.",
    "There is no avatar bundle at {0}: check the path.": "Bei {0} ist kein Bündel eines Avatars: den Pfad prüfen.",
    "The avatar bundle is damaged or not one of ours ({0}): create it again from the photo.": (
        "Das Bündel des Avatars ist beschädigt oder keines von uns ({0}): es neu aus dem Foto erzeugen."
    ),
    "There is no hairstyle called {0}: choose one of {1}.": "Es gibt keine Frisur namens {0}: eine von {1} wählen.",
    "The hairstyle {0} cannot be used: {1}; choose another file.": (
        "Die Frisur {0} ist nicht zu gebrauchen: {1}; eine andere Datei wählen."
    ),
    "The hair file {0} cannot be used: {1}; choose another file.": (
        "Die Haardatei {0} ist nicht zu gebrauchen: {1}; eine andere Datei wählen."
    ),
    "There is no hair file at {0}; check the path.": "Bei {0} ist keine Haardatei; den Pfad prüfen.",
    "The file of the {0} is not known: run 'python -m inference weights add FOLDER' with the folder it lies in.": (
        "Die Datei von {0} ist nicht bekannt: unter Optionen die Modelldateien hinzufügen."
    ),
    "The file of the {0} is no longer at {1}: add it again.": "Die Datei von {0} ist nicht mehr bei {1}: neu hinzufügen.",
    # Set-up.
    "The set-up ended unexpectedly: see {0}.": "Das Einrichten endete unerwartet: siehe {0}.",
    "The set-up could not run ({0}): check the permissions of {1}.": (
        "Das Einrichten ließ sich nicht starten ({0}): die Rechte von {1} prüfen."
    ),
    "The disk of {0} has {1} GB free, but {2} GB are needed: make room and try again.": (
        "Auf der Platte von {0} sind {1} GB frei, gebraucht werden {2} GB: Platz schaffen und noch einmal versuchen."
    ),
    "No Python {0} with venv was found {1}: download one below, or install it and try again.": (
        "Kein Python {0} mit venv gefunden ({1}): unten eines laden, oder selbst installieren und noch einmal versuchen."
    ),
    "{0}{1} failed ({2}): the log has the details; Set Up goes on where it stopped.": (
        "Misslungen: {0}{1} ({2}). Das Protokoll sagt mehr; Einrichten geht da weiter, wo es anhielt."
    ),
    "The environment could not be written ({0}): free some space or check the folder's permissions.": (
        "Die Umgebung konnte nicht geschrieben werden ({0}): Platz schaffen oder die Rechte des Ordners prüfen."
    ),
}
