/** The form of a vehicle: from what the register says to what is typed, and back to a request. Pure. */
import type { Category, Vehicle } from "@/live/register";
import { beginOf, dayOf, endOf, lastDayOf } from "../days";
import type { Writers } from "../drafts";

export type VehicleDraft = {
  plate: string;
  category: Category;
  person: string | null;
  household: string | null;
  levels: readonly string[];
  valid_from: string;
  valid_until: string;
  note: string;
};

export const BLANK_VEHICLE: VehicleDraft = {
  plate: "",
  category: "resident",
  person: null,
  household: null,
  levels: [],
  valid_from: "",
  valid_until: "",
  note: "",
};

export const WRITE_VEHICLE: Writers<VehicleDraft> = {
  plate: (said) => said.trim(),
  valid_from: beginOf,
  valid_until: endOf,
};

export function draftOfVehicle(vehicle: Vehicle): VehicleDraft {
  return {
    plate: vehicle.plate,
    category: vehicle.category,
    person: vehicle.person,
    household: vehicle.household,
    levels: vehicle.levels,
    valid_from: dayOf(vehicle.valid_from),
    valid_until: lastDayOf(vehicle.valid_until),
    note: vehicle.note,
  };
}
