# certs.sh - certificates for tests, by openssl: a CA in $certs/ca.pem, and what it signs
#
#   certs_setup DIR                       makes the CA there
#   certificate FILE DAYS NAME...         one for these names, with its key, that ends so many days from now (less than 0: ended)
#   fingerprint FILE                      SHA-256, as openssl writes it

ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"

certs_setup() { # DIR
  certs=$1
  mkdir -p "$certs"
  # shellcheck disable=SC2086
  openssl req -x509 $ec -days 30 -subj "/CN=test CA" -addext basicConstraints=critical,CA:TRUE \
    -keyout "$certs/ca.key" -out "$certs/ca.pem" 2> /dev/null || return 1
  : > "$certs/index"
}

certificate() { # FILE DAYS NAME...
  file=$1 days=$2
  shift 2
  start=$(date -u -d '-2 days' +%Y%m%d%H%M%SZ)
  end=$(date -u -d "$days days" +%Y%m%d%H%M%SZ)
  printf '[ca]\ndefault_ca=x\n[x]\ndatabase=%s\nnew_certs_dir=%s\nrand_serial=yes\ndefault_md=sha256\npolicy=p\nx509_extensions=e\n[p]\n' \
    "$certs/index" "$certs" > "$certs/conf"
  printf 'commonName=optional\n[e]\nsubjectAltName=DNS:%s\n' "$(echo "$@" | sed 's/ /,DNS:/g')" >> "$certs/conf"
  # shellcheck disable=SC2086
  openssl req $ec -subj / -keyout "$file.key" -out "$file.csr" 2> /dev/null &&
    openssl ca -batch -notext -config "$certs/conf" -cert "$certs/ca.pem" -keyfile "$certs/ca.key" -startdate "$start" \
      -enddate "$end" -in "$file.csr" -out "$file.crt" 2> "$certs/log" && cat "$file.key" "$file.crt" > "$file" || { cat "$certs/log"; return 1; }
}

fingerprint() { openssl x509 -in "$1" -noout -fingerprint -sha256 | sed 's/.*=//'; }
