DROP TABLE figure_looks;
