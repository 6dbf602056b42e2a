"""The archive over HTTP: its folders by year, month, day and instrument, read one request at a time.

places         where a file should lie, told by its name
asking         one address: its bytes, within limits
folder         a folder, as its page has it
browsing       one folder; many of them, by day, instrument and product
tarring        a whole folder as one tar
availability   when each instrument had data, day by day
"""
