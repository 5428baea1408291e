DROP TABLE added_figures;
DROP TABLE figure_marks;
