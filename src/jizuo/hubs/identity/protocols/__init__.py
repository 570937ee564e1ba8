"""What outside standards ask of the identity hub: the wire of each protocol by which an application signs people in."""
