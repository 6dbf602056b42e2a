"""Jobs: files of the archive put into a zip in the background, and the mail with its link.

store     a job, and the folder in which jobs, zips and unsent mail are kept
workers   the threads that do what is due for a job
zip_file  the zip of a job
mail      e-mail addresses, the mail about a job, and the mail server
"""
