module sluice/two-headers

go 1.24
