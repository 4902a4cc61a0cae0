//! Names for the choices that recipes and the command line offer.

/// Gives a plain enum its names, in the order in which they are shown: `ALL`, `NAMES`, `name`, and how it is written and
/// read.
macro_rules! named {
    ($kind:ident, $what:literal, $($variant:ident => $name:literal),+ $(,)?) => {
        impl $kind {
            /// All of them, in the order they are shown in.
            pub const ALL: [Self; Self::NAMES.len()] = [$(Self::$variant),+];
            /// Their names, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// Its name in recipes and on the command line.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }

        impl std::fmt::Display for $kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl std::str::FromStr for $kind {
            type Err = $crate::invalid::InvalidSetting;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.into_iter().find(|kind| kind.name() == name);
                known.ok_or_else(|| {
                    let why = format!("{} one of {}, not '{name}'", $what, Self::NAMES.join(", "));
                    $crate::invalid::InvalidSetting(why)
                })
            }
        }
    };
}

pub(crate) use named;
