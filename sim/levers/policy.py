"""The values of all levers in one month, as a record that compiled code can read."""

from __future__ import annotations

from typing import NamedTuple


class Policy(NamedTuple):
    """One value a lever, in the order of LEVERS."""

    chip_export_controls: float
    export_control_leakage: float
    third_country_chip_supply: float
    us_open_licence_threshold: float
    licensing_reviewers: float
    us_open_liability: float
    us_frontier_gate: float
    us_foreign_model_ban: float
    us_open_funding: float
    us_public_compute: float
    api_know_your_customer: float
    cn_open_support: float
    cn_weight_export_limits: float
    cn_foreign_chip_refusal: float
    eu_open_burden: float
    eu_open_delay: float
    eu_foreign_model_ban: float
    eu_open_funding: float
    third_country_alignment: float
    trusted_open_procurement: float
    assurance_scheme: float
    closed_price_levy: float
    foreign_api_tariff: float
