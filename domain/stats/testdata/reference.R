# Writes the tables below, which the tests of this package compare with.
#
#   Rscript reference.R        in this folder
#
# Needs the packages exactRankTests and coin.
suppressWarnings(suppressMessages({library(exactRankTests); library(coin)}))
set.seed(20221130)
versions <- paste0(R.version.string, ", exactRankTests ", packageVersion("exactRankTests"),
                   ", coin ", packageVersion("coin"))
write_table <- function(name, made_by, rows) {
  con <- file(name, "w")
  writeLines(c(paste("#", made_by), paste0("# Written by reference.R with ", versions, ".")), con)
  num <- sapply(rows, is.numeric)
  rows[num] <- lapply(rows[num], function(v) ifelse(is.nan(v) | is.na(v), "NaN", sprintf("%.17g", v)))
  write.table(rows, con, sep = ",", quote = FALSE, row.names = FALSE)
  close(con)
}

# Exact, with ties, zeros dropped: exactRankTests; zeros as Pratt: coin.
graded <- list()
for (n in c(4, 10, 17, 25, 42, 60)) for (i in 1:5) {
  s <- sample(-3:3, n, replace = TRUE, prob = c(1, 2, 4, 6, 5, 3, 1) + i %% 3)
  if (all(s == 0)) s[1] <- 1
  z <- s[s != 0]
  w <- wilcox.exact(z, exact = TRUE)
  t <- wilcoxsign_test(s ~ rep(0, n), zero.method = "Pratt", distribution = "exact")
  graded[[length(graded) + 1]] <- data.frame(steps = paste(s, collapse = " "),
    w_plus = unname(w$statistic), p = w$p.value, pratt_p = as.numeric(pvalue(t)))
}
write_table("wilcoxon-graded.csv",
  "exactRankTests wilcox.exact on the steps that are not 0; coin wilcoxsign_test(zero.method = 'Pratt', distribution = 'exact').",
  do.call(rbind, graded))

# Normal approximation with both corrections: stats::wilcox.test.
large <- list()
for (n in c(90, 150, 200, 400)) for (i in 1:5) {
  s <- sample(-3:3, n, replace = TRUE, prob = c(2, 3, 4, 2, 4, 3, 2) + (i %% 3) * c(0, 0, 0, 0, 1, 1, 1))
  w <- suppressWarnings(wilcox.test(s, exact = FALSE, correct = TRUE))
  large[[length(large) + 1]] <- data.frame(steps = paste(s, collapse = " "),
    w_plus = unname(w$statistic), p = w$p.value)
}
write_table("wilcoxon-large.csv", "stats::wilcox.test(exact = FALSE, correct = TRUE), which drops zeros.", do.call(rbind, large))

# Holm, with ties and tests that were not made.
holm <- list()
for (set in 1:25) {
  p <- round(runif(sample(1:30, 1))^2, 2)
  p[runif(length(p)) < 0.1] <- NaN
  a <- p.adjust(ifelse(is.nan(p), NA, p), "holm")
  holm[[set]] <- data.frame(set = as.integer(set), p = p, adjusted = a)
}
write_table("holm.csv", "stats::p.adjust(method = 'holm'); NaN is NA there.", do.call(rbind, holm))
