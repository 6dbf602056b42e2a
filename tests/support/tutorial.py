"""What the Canadian Space Agency's tutorial shows of eDEx: its script, the query in it, and what it printed."""

from __future__ import annotations

LISTING = "https://api.edex.phys.ucalgary.ca/api_fetch_data"
DELIVERY = "https://edex.phys.ucalgary.ca/api_prepare_report"

# As it stands in the tutorial, comments and layout included.
SCRIPT = """\
import requests

# URL to fetch the data
API_fetch = "https://api.edex.phys.ucalgary.ca/api_fetch_data"

# Where the file names will be stocked
filename_list = []

# Build the query (don't forget to change the email address)
PARAMS = {
            'product': ['fai-lv1-hdf5-images'],
            'date': [['2019-05-01', '2019-05-01']],
            'fai': ['has-data'],
            'email': "youremail@example.ca",
            'result_filenames': filename_list,
            'query-logic': ' ( 1 AND 2 ) '
          }

# Get the list of files
r = requests.get(url=API_fetch, json=PARAMS)

# Assign the list of files to filename_list
filename_list = r.json()["result_filenames"]

# Print the list of files
print("List of files corresponding to your request :")
print(filename_list)

# URL to download the files
API_get = "https://edex.phys.ucalgary.ca/api_prepare_report"

# Update dict with returned filenames list
PARAMS['result_filenames'] = filename_list

# Send request
status = requests.post(url=API_get, json=PARAMS)

# Status message
print('Status of your request :')
print(status)
print(status.text)
"""

FILES = [
    "FAI_lv1_h5_20190501_150534_151306_6.0.0.zip   540.57MB",
    "FAI_lv1_h5_20190501_164634_165406_6.0.0.zip   542.65MB",
    "FAI_lv1_h5_20190501_182724_183456_6.0.0.zip   543.11MB",
]
NAMES = [text.split()[0] for text in FILES]
RECEIPT = "Preparing report... You will receive an email from esoc@phys.ucalgary.ca shortly."

PRINTED = f"""\
List of files corresponding to your request :
{FILES!r}
Status of your request :
<Response [200]>
{RECEIPT}
"""

# The query of the script in one line, and the request as JSON with its keys in order.
QUERY = "product fai-lv1-hdf5-images; date 2019-05-01..2019-05-01; fai has-data; logic 1 AND 2"
QUERY_WITH_EMAIL = f"{QUERY}; email youremail@example.ca"
WIRE = (
    b'{"product": ["fai-lv1-hdf5-images"], "date": [["2019-05-01", "2019-05-01"]], "fai": ["has-data"], '
    b'"result_filenames": [], "query-logic": " ( 1 AND 2 ) "}'
)
WIRE_WITH_EMAIL = WIRE.replace(b'"result_filenames"', b'"email": "youremail@example.ca", "result_filenames"')
PARAMETERS = {
    "product": ["fai-lv1-hdf5-images"],
    "date": [["2019-05-01", "2019-05-01"]],
    "fai": ["has-data"],
    "email": "youremail@example.ca",
    "result_filenames": [],
    "query-logic": " ( 1 AND 2 ) ",
}
