"""The data hub's plate."""

from __future__ import annotations

from jizuo.ground import facts
from jizuo.ground import jobs as ground_jobs
from jizuo.ground.pages import shell
from jizuo.hubs.data import blocks, datasets, importers, made_datasets, parts
from jizuo.hubs.data.actions import (
    applying,
    collecting,
    connecting,
    corrections,
    owning,
    previewing,
    put_rows,
    quality_asking,
    quality_failures,
    quality_rules,
    settling,
    walk,
)
from jizuo.hubs.data.actions import catalogue as catalogue_actions
from jizuo.hubs.data.actions import codes as code_actions
from jizuo.hubs.data.actions import grading as grade_actions
from jizuo.hubs.data.actions import matching as match_actions
from jizuo.hubs.data.actions import sharing as sharing_actions
from jizuo.hubs.data.actions import standards as standard_actions
from jizuo.hubs.data.jobs import collecting as job_collecting
from jizuo.hubs.data.jobs import matching as match_jobs
from jizuo.hubs.data.jobs import owning as owning_jobs
from jizuo.hubs.data.jobs import quality as quality_jobs
from jizuo.hubs.data.jobs import settling as settling_jobs
from jizuo.hubs.data.jobs import walk as jobs
from jizuo.hubs.data.pages import PAGES
from jizuo.hubs.data.queries import catalogue as catalogue_queries
from jizuo.hubs.data.queries import codes as code_queries
from jizuo.hubs.data.queries import collecting as collect_queries
from jizuo.hubs.data.queries import conflicts, held, rows, scene_book, scene_rows, scene_tables, shared
from jizuo.hubs.data.queries import corrections as correction_queries
from jizuo.hubs.data.queries import explaining as explaining_queries
from jizuo.hubs.data.queries import grading as grade_queries
from jizuo.hubs.data.queries import imports as queries
from jizuo.hubs.data.queries import lineage as lineage_queries
from jizuo.hubs.data.queries import matching as match_queries
from jizuo.hubs.data.queries import owning as owning_queries
from jizuo.hubs.data.queries import quality as quality_queries
from jizuo.hubs.data.queries import quality_failures as quality_failure_queries
from jizuo.hubs.data.queries import quality_rules as quality_rule_queries
from jizuo.hubs.data.queries import sharing as sharing_queries
from jizuo.hubs.data.queries import standards as standard_queries
from jizuo.hubs.data.tables import importer as tables

DOORS = (
    owning, settling, owning_queries, conflicts, owning_jobs,
    walk, previewing, applying, corrections, queries, jobs,
    standard_actions, standard_queries, code_actions, code_queries, rows, correction_queries, held,
    tables, collecting, connecting, collect_queries,
    match_actions, match_queries, catalogue_actions, catalogue_queries, lineage_queries,
    quality_asking, quality_failures, quality_rules,
    quality_queries, quality_failure_queries, quality_rule_queries,
    sharing_actions, sharing_queries, shared, grade_actions, grade_queries, explaining_queries,
    scene_rows, scene_book, scene_tables, put_rows,
)  # fmt: skip

datasets.also(made_datasets.current)

ground_jobs.register(owning.REPLAY, owning_jobs.replay, queue="bulk")
ground_jobs.register(settling.JOB, settling_jobs.settle, queue="bulk")

ground_jobs.register("data.check", job_collecting.following(jobs.check_batch), queue="people")
ground_jobs.register("data.preview", job_collecting.following(jobs.preview_checked), queue="people")
ground_jobs.register("data.apply", job_collecting.following(jobs.apply_batch), queue="bulk")
ground_jobs.register("data.undo", job_collecting.following(jobs.undo_applied), queue="bulk")
ground_jobs.register(quality_asking.JOB, quality_jobs.check_quality, queue="bulk")
ground_jobs.register(match_actions.JOB, match_jobs.match_people, queue="bulk")

quality_asking.register()
catalogue_actions.register()
facts.on("DatasetRefreshed", "data.corrections", corrections.on_refreshed)

job_collecting.register_kinds()
importers.register(tables.Table())
tables.offer()
parts.offer()
blocks.offer()

shell.offer(PAGES)
acting_urlpatterns = shell.routes(PAGES)
