// What a dashboard is made of, by Grafana's own types: the whole, the options of the
// panels that are used, and the queries.
import type { Dashboard, Panel } from "@grafana/schema/dist/types/raw/dashboard/x/types.gen";
import type { Options as Stat } from "@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen";
import type { Options as TimeSeries } from "@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen";
import type { Options as Table } from "@grafana/schema/dist/types/raw/composable/table/panelcfg/x/types.gen";

// What Grafana's Prometheus data source asks; @grafana/schema has no type of its queries.
interface Query {
  refId: string;
  datasource: Panel["datasource"];
  expr: string;
  legendFormat?: string;
  instant?: boolean;
  range?: boolean;
  format?: "time_series" | "table" | "heatmap";
}

type Of<T extends string, O> = Omit<Panel, "type" | "options" | "targets"> & {
  type: T;
  options?: Partial<O>;
  targets: Query[];
};

interface Row {
  type: "row";
  id: number;
  title?: string;
  collapsed: boolean;
  gridPos?: Panel["gridPos"];
  panels: [];
}

export type GrafanaDashboard = Omit<Dashboard, "panels"> & {
  panels: (Of<"stat", Stat> | Of<"timeseries", TimeSeries> | Of<"table", Table> | Row)[];
};
