"""What members can see and keep: a receipt, a poster that invites, a statement.

A drawing gets its words and gives back a file. It knows no member and no provider, and asks
neither the clock nor the database. The sentences stand in the catalogue (`PICTURE_*`).
"""
