# SPDX-License-Identifier: MIT
# Reads an unpacked export in base R with the types that datapackage.json states (through codebook.csv,
# which has the same, since base R reads no JSON). Usage: Rscript --vanilla read_export.R FOLDER
folder <- commandArgs(trailingOnly = TRUE)[1]
book <- read.csv(file.path(folder, "codebook.csv"), fileEncoding = "UTF-8-BOM", na.strings = "",
                 colClasses = "character")
stopifnot(ncol(book) == 9, nrow(book) > 60)
book <- unique(book[c("file", "variable", "type", "required")])
classes <- c(string = "character", integer = "integer", boolean = "logical", date = "Date",
             datetime = "character")
for (file in unique(book$file)) {
  of <- book[book$file == file, ]
  data <- read.csv(file.path(folder, file), fileEncoding = "UTF-8-BOM", na.strings = "",
                   colClasses = setNames(unname(classes[of$type]), of$variable))
  stopifnot(identical(names(data), of$variable))
  for (i in seq_len(nrow(of))) {
    column <- data[[of$variable[i]]]
    if (of$type[i] == "datetime") {
      at <- as.POSIXct(column, format = "%Y-%m-%dT%H:%M:%SZ", tz = "UTC")
      stopifnot(identical(is.na(at), is.na(column)))
      column <- at
    }
    if (of$type[i] == "boolean") stopifnot(all(is.na(column) | column %in% c(TRUE, FALSE)))
    if (of$required[i] == "true") stopifnot(!anyNA(column))
  }
  cat(file, nrow(data), "\n")
}
