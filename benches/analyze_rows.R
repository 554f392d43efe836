# Time of R's methods on the rows that `cargo bench --bench analyze_rows -- --write FOLDER` wrote:
#   Rscript benches/analyze_rows.R FOLDER
# prints a table like that of the bench, under the names that `stapjes analyze` has for the same numbers. One run each, seconds of
# wall time, without reading the file. A method that takes more than 2 s at one size is not tried at the next when its time grows
# by more than the rows do.
suppressPackageStartupMessages(library(survival))

methods <- list(
  "kaplan-meier" = function(d) survfit(Surv(months, cause > 0) ~ arm, data = d, conf.type = "log-log"),
  "quantile" = function(d) quantile(survfit(Surv(months, cause > 0) ~ arm, data = d), 0.5),
  "nelson-aalen" = function(d) survfit(Surv(months, cause > 0) ~ arm, data = d, stype = 2, ctype = 1),
  "rmst" = function(d) summary(survfit(Surv(months, cause > 0) ~ arm, data = d), rmean = 36)$table,
  "milestone" = function(d) summary(survfit(Surv(months, cause > 0) ~ arm, data = d), times = 24),
  "log-rank" = function(d) survdiff(Surv(months, cause > 0) ~ arm, data = d),
  "survdiff" = function(d) survdiff(Surv(months, cause > 0) ~ arm, data = d, rho = 1),
  "cox" = function(d) coxph(Surv(months, cause > 0) ~ arm, data = d),
  "schoenfeld" = function(d) cox.zph(coxph(Surv(months, cause > 0) ~ arm, data = d), transform = "km"),
  "cox-robust" = function(d) coxph(Surv(months, cause > 0) ~ arm, data = d, cluster = cluster),
  "robust-log-rank" = function(d)
    summary(coxph(Surv(months, cause > 0) ~ arm, data = d, cluster = cluster, iter.max = 0))$robscore,
  "cox-piecewise" = function(d) {
    parts <- survSplit(Surv(months, cause > 0) ~ ., data = d, cut = 12, episode = "part")
    coxph(Surv(tstart, months, event) ~ arm:strata(part), data = parts, cluster = person)
  },
  "cumulative-incidence" = function(d) survfit(Surv(months, factor(cause)) ~ arm, data = d),
  "cause-specific-log-rank" = function(d) survdiff(Surv(months, cause == 1) ~ arm, data = d),
  "cause-specific-cox" = function(d) coxph(Surv(months, cause == 1) ~ arm, data = d),
  "fine-gray" = function(d) {
    d$ending <- factor(d$cause)
    weighted <- finegray(Surv(months, ending) ~ ., data = d, etype = 1)
    coxph(Surv(fgstart, fgstop, fgstatus) ~ arm, weights = fgwt, data = weighted, cluster = person)
  },
  "mean-cumulative" = function(d) {
    d$zero <- 0
    survfit(Surv(zero, months, cause == 1) ~ arm, data = d, id = person)
  },
  "lwyy" = function(d) {
    d$zero <- 0
    coxph(Surv(zero, months, cause == 1) ~ arm, data = d, cluster = person)
  },
  "poisson" = function(d) summary(glm(count ~ arm + offset(log(months)), family = poisson, data = d)),
  "quasi-poisson" = function(d) summary(glm(count ~ arm + offset(log(months)), family = quasipoisson, data = d)),
  "negative-binomial" = function(d) summary(MASS::glm.nb(count ~ arm + offset(log(months)), data = d)),
  "welch" = function(d) t.test(x ~ arm, data = d),
  "student" = function(d) t.test(x ~ arm, data = d, var.equal = TRUE),
  "rank-sum" = function(d) wilcox.test(x ~ arm, data = d, exact = FALSE)
)

folder <- commandArgs(trailingOnly = TRUE)
if (length(folder) != 1) stop("usage: Rscript benches/analyze_rows.R FOLDER")
files <- list.files(folder, pattern = "^rows-[0-9]+\\.csv$", full.names = TRUE)
if (length(files) == 0) stop("no rows-*.csv in ", folder, ": cargo bench --bench analyze_rows -- --write ", folder)
sizes <- as.integer(sub(".*rows-([0-9]+)\\.csv$", "\\1", files))
files <- files[order(sizes)]
sizes <- sort(sizes)
sets <- lapply(files, function(file) {
  rows <- read.csv(file)
  rows$arm <- factor(rows$arm, levels = c("regular", "fip"))
  rows
})

cat(R.version.string, "; survival ", as.character(packageVersion("survival")), "\n\n", sep = "")
cat("| method |", paste(format(sizes, scientific = FALSE, trim = TRUE), collapse = " | "), "|\n")
cat("|---|", strrep("---|", length(sizes)), "\n", sep = "")
for (name in names(methods)) {
  seconds <- c()
  for (at in seq_along(sets)) {
    last <- tail(seconds, 1)
    before <- tail(seconds, 2)[1]
    steep <- length(seconds) >= 2 && last / before > 2 * sizes[at - 1] / sizes[at - 2]
    if (length(seconds) > 0 && last > 2 && (steep || length(seconds) == 1)) break
    gc(FALSE)
    took <- tryCatch(
      unname(system.time(suppressWarnings(methods[[name]](sets[[at]])))["elapsed"]),
      error = function(problem) { cat("|", name, "failed:", conditionMessage(problem), "|\n"); NA }
    )
    seconds <- c(seconds, took)
    if (is.na(took)) break
  }
  shown <- c(sprintf("%.3f s", seconds), rep("-", length(sets) - length(seconds)))
  cat("|", paste0("`", name, "`"), "|", paste(shown, collapse = " | "), "|\n")
}
