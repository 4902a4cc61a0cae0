//! Names of the values of a plain enum, as recipes and programs write them.

/// Gives a plain enum the names of its values, in the order in which they are shown: `ALL`, `NAMES`, `name`, `Display` and
/// `FromStr`. The second argument is the name of its setting, for errors.
macro_rules! named {
    ($kind:ident, $setting:literal, $($variant:ident => $name:literal),+ $(,)?) => {
        impl $kind {
            /// All values, in the order in which they are shown.
            pub const ALL: [Self; Self::NAMES.len()] = [$(Self::$variant),+];
            /// Their names, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// Its name in recipes and programs.
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
                    $crate::invalid::InvalidSetting::unknown($setting, name, Self::NAMES.iter().copied())
                })
            }
        }
    };
}

pub(crate) use named;
