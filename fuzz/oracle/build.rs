fn main() {
    // Debian: libavahi-common-dev.
    println!("cargo:rustc-link-lib=avahi-common");
}
