DROP TABLE figure_comments;
DROP TABLE reported_figures;
