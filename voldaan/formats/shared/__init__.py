"""What several formats lean on: the hardened XML readers, tables out of CSV and XLSX, limits on unpacking."""
