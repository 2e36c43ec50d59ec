"""The study sheet as an Excel workbook: its layout follows from the models; writing, and reading with cells."""
