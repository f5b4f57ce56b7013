//! On which days a channel's files are expected: `calendar`, `holidays`, `joint_leave`.

use super::ConfigError;
use super::check::Checking;
use crate::domain::holidays::{HolidaySource, Holidays, JointLeave};
use crate::domain::time::Calendar;
use crate::profiles::CalendarKind;

/// What stands under the three keys of one channel.
pub struct RawCalendar<'r> {
    pub calendar: Option<&'r str>,
    pub holidays: Option<&'r str>,
    pub joint_leave: Option<&'r str>,
    /// The profile's own, where `calendar` is left out.
    pub default: CalendarKind,
}

impl Checking<'_> {
    /// `key` puts a key's name into the channel it belongs to.
    pub(super) fn calendar(
        &self,
        key: impl Fn(&str) -> String,
        raw: &RawCalendar<'_>,
    ) -> Result<Calendar, ConfigError> {
        let kind = match raw.calendar {
            None => raw.default,
            Some("every-day") => CalendarKind::EveryDay,
            Some("working-days") => CalendarKind::WorkingDays,
            Some(other) => {
                return Err(self.choice(key("calendar"), other, &["every-day", "working-days"]));
            }
        };
        let joint_leave = match raw.joint_leave {
            None | Some("holiday") => JointLeave::Holiday,
            Some("working") => JointLeave::Working,
            Some(other) => {
                return Err(self.choice(key("joint_leave"), other, &["holiday", "working"]));
            }
        };
        let without_effect = |name: &str, reason: &str, hint: &str| {
            Err(self.refuse(key(name), reason.to_owned(), hint.to_owned()))
        };
        if kind == CalendarKind::EveryDay {
            let (reason, hint) = (
                "the calendar is every-day",
                "set calendar = \"working-days\"",
            );
            for (name, value) in [("holidays", raw.holidays), ("joint_leave", raw.joint_leave)] {
                if value.is_some() {
                    return without_effect(name, reason, &format!("{hint} or leave {name} out"));
                }
            }
            return Ok(Calendar::EveryDay);
        }
        if raw.holidays == Some("none") {
            if raw.joint_leave.is_some() {
                let hint = "leave joint_leave out, or holidays = \"indonesia\"";
                return without_effect("joint_leave", "there are no holidays", hint);
            }
            return Ok(Calendar::Weekdays);
        }
        let holidays = self.holidays(
            &key("holidays"),
            raw.holidays.unwrap_or("indonesia"),
            joint_leave,
        )?;
        if raw.joint_leave.is_some() && !holidays.names_joint_leave() {
            let hint = "mark its dates: 2026-03-20 joint-leave Idulfitri; or leave joint_leave out";
            let reason = "the file of holidays marks no date as joint leave";
            return without_effect("joint_leave", reason, hint);
        }
        Ok(Calendar::WorkingDays { holidays })
    }

    /// The built-in list, or a file: one date a line, its kind where it says one, its name.
    fn holidays(
        &self,
        key: &str,
        named: &str,
        joint_leave: JointLeave,
    ) -> Result<Holidays, ConfigError> {
        if named == "indonesia" {
            return Holidays::indonesia(joint_leave).map_err(|bad| {
                let reason = format!("the built-in list cannot be read: {bad}");
                self.refuse(
                    key,
                    reason,
                    "this is a defect of rekon; name a file meanwhile",
                )
            });
        }
        let path = self.path(named);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            let reason = format!("{} cannot be read: {error}", path.display());
            let hint = "a text file with one date (YYYY-MM-DD) a line, \"indonesia\" or \"none\"";
            self.refuse(key, reason, hint)
        })?;
        let source = HolidaySource::File(named.to_owned());
        let holidays = Holidays::parse(&text, source, joint_leave).map_err(|bad| {
            let reason = format!("{}:{}: `{}` is no date", path.display(), bad.line, bad.word);
            self.refuse(key, reason, "one date (YYYY-MM-DD) a line")
        })?;
        if holidays.years().next().is_none() {
            let reason = format!("{} lists no date", path.display());
            let hint = "holidays = \"none\" where Monday to Friday are always working days";
            return Err(self.refuse(key, reason, hint));
        }
        Ok(holidays)
    }
}
