// Invoices
