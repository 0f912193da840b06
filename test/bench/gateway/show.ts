export const show = (what: string, value: number, unit: string): void =>
  console.log(
    `${what.padEnd(60)} ${value.toFixed(Math.abs(value) < 10 ? 2 : 0).padStart(8)} ${unit}`,
  );
