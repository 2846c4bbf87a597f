// GitLab Runner with the shell executor. The tests run generated pipelines with it.
package main

import (
	"log"
	"os"

	"github.com/urfave/cli"

	"gitlab.com/gitlab-org/gitlab-runner/commands"
	"gitlab.com/gitlab-org/gitlab-runner/commands/helpers"
	"gitlab.com/gitlab-org/gitlab-runner/common"
	"gitlab.com/gitlab-org/gitlab-runner/executors"
	"gitlab.com/gitlab-org/gitlab-runner/executors/shell"
	"gitlab.com/gitlab-org/gitlab-runner/network"
	_ "gitlab.com/gitlab-org/gitlab-runner/shells"
)

func main() {
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	// The commit in go.mod is one on the way to this version.
	common.AppVersion.Version, common.AppVersion.Revision = "19.4.0-pre", "fc1f1862bd91"
	providers := executors.NewProviderRegistry(map[string]common.ExecutorProvider{"shell": shell.NewProvider(self)})
	client := network.NewGitLabClient(network.WithExecutorProviderFunc(providers.GetByName))
	app := cli.NewApp()
	app.Name = "gitlab-runner"
	// The generated scripts call `gitlab-runner --version` before they upload artifacts.
	app.Version = common.AppVersion.ShortLine()
	app.Commands = []cli.Command{
		commands.NewRunSingleCommand(client, providers),
		helpers.NewArtifactsDownloaderCommand(),
		helpers.NewArtifactsUploaderCommand(),
		helpers.NewCacheArchiverCommand(),
		helpers.NewCacheExtractorCommand(),
		helpers.NewCacheInitCommand(),
		helpers.NewHealthCheckCommand(),
		helpers.NewReadLogsCommand(),
	}
	if err := app.Run(os.Args); err != nil {
		log.Fatal(err)
	}
}
