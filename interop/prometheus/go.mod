module millrace/interop/prometheus

go 1.26.0

require github.com/prometheus/prometheus v0.313.5 // 3.13.5

exclude github.com/linode/linodego v1.0.0
exclude (
	github.com/grpc-ecosystem/grpc-gateway v1.14.7
	google.golang.org/api v0.30.0
)
replace cloud.google.com/go => cloud.google.com/go v0.123.0
