"""The archive over HTTP: its folders by year, month, day and instrument, read one request at a time.

locations     where a file should lie, by its name
request       one address: its whole answer, within limits
folders       one folder; many of them, by day, instrument and product
availability  when each instrument had data, day by day
"""
